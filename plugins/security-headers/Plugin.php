<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders;

use App\Plugins\AbstractPlugin;
use App\Plugins\RegisterSiteFeature;
use App\Plugins\RegisterSiteFeatureAction;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions\Check;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions\Configure;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions\Remove;

class Plugin extends AbstractPlugin
{
    private const FEATURE = 'security-headers';

    /** @var array<string, array{string, class-string}> */
    private const ACTIONS = [
        'configure' => ['Configure', Configure::class],
        'check' => ['Check', Check::class],
        'remove' => ['Remove', Remove::class],
    ];

    protected string $name = 'Security Headers';

    protected string $description = 'HSTS, Content-Security-Policy and their kin for a site, checked before they go live.';

    public function boot(): void
    {
        foreach (array_keys((array) config('site.types', [])) as $type) {
            $this->registerFor((string) $type);
        }
    }

    private function registerFor(string $type): void
    {
        if (config("site.types.{$type}.features.".self::FEATURE) !== null) {
            return;
        }

        RegisterSiteFeature::make($type, self::FEATURE)
            ->label('Security Headers')
            ->description('Tell browsers to be strict with this site: HSTS, Content-Security-Policy and more')
            ->register();

        foreach (self::ACTIONS as $id => [$label, $handler]) {
            RegisterSiteFeatureAction::make($type, self::FEATURE, $id)
                ->label($label)
                ->handler($handler)
                ->register();
        }
    }
}
