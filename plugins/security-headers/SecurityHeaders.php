<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders;

use App\Models\Site;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\NginxChange;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\NginxConfig;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\Report;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\Settings;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\VhostHook;
use Illuminate\Support\Facades\Http;
use RuntimeException;

/**
 * The security headers of one site.
 */
final class SecurityHeaders
{
    private const STATE = 'security_headers';

    private readonly NginxConfig $config;

    public function __construct(private readonly Site $site)
    {
        $this->config = new NginxConfig((int) $site->id);
    }

    public function enabled(): bool
    {
        return (bool) data_get($this->site->type_data, self::STATE.'.enabled', false);
    }

    public function settings(): Settings
    {
        return Settings::fromArray((array) data_get($this->site->type_data, self::STATE, []));
    }

    public function apply(Settings $settings): void
    {
        $this->assertNginx();
        $this->hookIntoVhost();

        $change = (new NginxChange)
            ->write($this->config->httpPath(), $this->config->http($settings))
            ->write($this->config->serverPath(), $this->config->server($settings));

        $this->run($change, 'apply-security-headers');
        $this->remember(['enabled' => true] + $settings->toArray());
    }

    /** Asks the site itself which headers it sends. */
    public function check(): Report
    {
        $response = Http::timeout(15)
            ->withUserAgent('security-headers plugin')
            ->get($this->site->getUrl());

        $received = array_change_key_case($response->headers());

        return Report::compare(
            expected: $this->settings()->headers(),
            received: array_map(array_values(...), $received),
            https: str_starts_with($this->site->getUrl(), 'https://'),
        );
    }

    /** @return list<string> the locations nginx will not pass the headers on to */
    public function shadowedLocations(): array
    {
        return VhostHook::locationsWithHeaders($this->site->webserver()->getVHost($this->site));
    }

    public function remove(): void
    {
        $this->assertNginx();

        $change = (new NginxChange)
            ->delete($this->config->serverPath())
            ->delete($this->config->httpPath())
            ->tidy($this->config->directory());

        $this->run($change, 'remove-security-headers');
        $this->remember(['enabled' => false] + $this->settings()->toArray());
    }

    private function assertNginx(): void
    {
        if ($this->site->webserver()->id() !== 'nginx') {
            throw new RuntimeException('This plugin needs nginx as the web server of the site.');
        }
    }

    /**
     * Adds one include line to the vhost, once. A glob that matches nothing is
     * fine for nginx, so the line may stay when the headers are removed.
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

    private function run(NginxChange $change, string $log): void
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
