<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage;

use App\Models\Site;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\NginxChange;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\NginxConfig;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\PageTemplate;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\Settings;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\VhostHook;
use RuntimeException;

/**
 * Switches maintenance mode of one site on and off.
 */
final class MaintenanceMode
{
    private const STATE = 'maintenance_page';

    private readonly NginxConfig $config;

    public function __construct(private readonly Site $site)
    {
        $this->config = new NginxConfig((int) $site->id);
    }

    public function enabled(): bool
    {
        return (bool) data_get($this->site->type_data, self::STATE.'.enabled', false);
    }

    /** What was used last, so that the form can offer it again. */
    public function lastSettings(): Settings
    {
        return Settings::fromArray((array) data_get($this->site->type_data, self::STATE, []));
    }

    /** The address which lets a browser past the page, or null while there is none. */
    public function bypassUrl(): ?string
    {
        $key = $this->lastSettings()->bypassKey;

        return $this->enabled() && $key !== ''
            ? rtrim($this->site->getUrl(), '/').$this->config->bypassPath($key)
            : null;
    }

    /** Also brings new settings, and a vhost Vito has rebuilt, up to date. */
    public function enable(Settings $settings): void
    {
        if ($settings->bypassKey === '') {
            $settings = $settings->withNewBypassKey();
        }

        $this->assertNginx();
        $this->hookIntoVhost();

        $change = (new NginxChange)
            ->write($this->config->pagePath(), PageTemplate::render($settings))
            ->write($this->config->httpPath(), $this->config->http($settings))
            ->write($this->config->serverPath(), $this->config->server($settings));

        $this->apply($change, 'enable-maintenance-page');
        $this->remember(['enabled' => true] + $settings->toArray());
    }

    public function disable(): void
    {
        $this->assertNginx();

        $change = (new NginxChange)
            ->delete($this->config->serverPath())
            ->delete($this->config->httpPath())
            ->delete($this->config->pagePath())
            ->tidy($this->config->directory());

        $this->apply($change, 'disable-maintenance-page');

        // The bypass link ends here; the next time brings a new one.
        $this->remember(['enabled' => false, 'bypass_key' => ''] + $this->lastSettings()->toArray());
    }

    private function assertNginx(): void
    {
        if ($this->site->webserver()->id() !== 'nginx') {
            throw new RuntimeException('The maintenance page needs nginx as the web server of this site.');
        }
    }

    /**
     * Adds one include line to the vhost, once. A glob that matches nothing is
     * fine for nginx, so the line may stay while maintenance mode is off.
     */
    private function hookIntoVhost(): void
    {
        $webserver = $this->site->webserver();
        $vhost = $webserver->getVHost($this->site);
        $hooked = VhostHook::install($vhost, $this->config->includeLine());

        if ($hooked === $vhost) {
            return;
        }

        if (! VhostHook::survivesSaving($vhost, (string) config('app.version'))) {
            throw new RuntimeException(
                'This vhost was rewritten by hand and Vito would replace it. Please add the line "'
                .$this->config->includeLine().'" to its server block yourself, then try again.'
            );
        }

        $webserver->updateVHost($this->site, $hooked);
    }

    private function apply(NginxChange $change, string $log): void
    {
        $this->site->server->ssh()->exec($change->command(), $log, $this->site->id);
    }

    /** @param array<string, mixed> $state */
    private function remember(array $state): void
    {
        $data = $this->site->type_data ?? [];
        $data[self::STATE] = $state;
        $this->site->type_data = $data;
        $this->site->save();
    }
}
