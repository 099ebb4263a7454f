<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage;

use App\Plugins\AbstractPlugin;
use App\Plugins\RegisterSiteFeature;
use App\Plugins\RegisterSiteFeatureAction;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions\Disable;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions\Enable;

class Plugin extends AbstractPlugin
{
    private const FEATURE = 'maintenance-page';

    protected string $name = 'Maintenance Page';

    protected string $description = 'Take a site offline politely: a 503 page for visitors, the real site for you.';

    public function boot(): void
    {
        // The page is served by nginx, so it suits every type of site alike,
        // including those other plugins have registered before this one.
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
            ->label('Maintenance Page')
            ->description('Show visitors a maintenance page while the addresses you allow still reach the site')
            ->register();

        RegisterSiteFeatureAction::make($type, self::FEATURE, 'enable')
            ->label('Enable')
            ->handler(Enable::class)
            ->register();

        RegisterSiteFeatureAction::make($type, self::FEATURE, 'disable')
            ->label('Disable')
            ->handler(Disable::class)
            ->register();
    }
}
