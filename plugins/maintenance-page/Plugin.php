<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage;

use App\Plugins\AbstractPlugin;
use App\Plugins\RegisterSiteFeature;
use App\Plugins\RegisterSiteFeatureAction;
use App\Plugins\RegisterWorkflowAction;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions\Disable;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions\Edit;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions\Enable;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\WorkflowActions\SwitchOff;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\WorkflowActions\SwitchOn;

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

        // Workflows came to Vito 3 later than plugins did.
        if (class_exists(RegisterWorkflowAction::class)) {
            $this->registerWorkflowActions();
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

        RegisterSiteFeatureAction::make($type, self::FEATURE, 'edit')
            ->label('Edit')
            ->handler(Edit::class)
            ->register();

        RegisterSiteFeatureAction::make($type, self::FEATURE, 'disable')
            ->label('Disable')
            ->handler(Disable::class)
            ->register();
    }

    private function registerWorkflowActions(): void
    {
        RegisterWorkflowAction::make('maintenance-page-on')
            ->label('Maintenance Page: switch on')
            ->description('Show the maintenance page of a site')
            ->category('site')
            ->handler(SwitchOn::class)
            ->register();

        RegisterWorkflowAction::make('maintenance-page-off')
            ->label('Maintenance Page: switch off')
            ->description('Open a site to everybody again')
            ->category('site')
            ->handler(SwitchOff::class)
            ->register();
    }
}
