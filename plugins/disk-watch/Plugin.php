<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch;

use App\Plugins\AbstractPlugin;
use App\Plugins\RegisterCommand;
use App\Plugins\RegisterServerFeature;
use App\Plugins\RegisterServerFeatureAction;
use App\Plugins\RegisterWorkflowAction;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Actions\CheckNow;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Actions\CleanUp;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Actions\Configure;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Actions\Stop;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Console\CheckDisks;
use App\Vito\Plugins\RegenRegistry\DiskWatch\WorkflowActions\CheckServer;
use Illuminate\Console\Scheduling\Schedule;

class Plugin extends AbstractPlugin
{
    private const FEATURE = 'disk-watch';

    /** @var array<string, array{string, class-string}> */
    private const ACTIONS = [
        'configure' => ['Configure', Configure::class],
        'check-now' => ['Check now', CheckNow::class],
        'clean-up' => ['Clean up', CleanUp::class],
        'stop' => ['Stop watching', Stop::class],
    ];

    protected string $name = 'Disk Watch';

    protected string $description = 'Tells you before a disk is full, and helps to make room.';

    public function boot(): void
    {
        $this->registerFeature();
        $this->registerSchedule();

        // Workflows came to Vito 3 later than plugins did.
        if (class_exists(RegisterWorkflowAction::class)) {
            RegisterWorkflowAction::make('disk-watch-check')
                ->label('Disk Watch: check a server')
                ->description('Read how full the disks of a server are, and fail if one is too full')
                ->category('server')
                ->handler(CheckServer::class)
                ->register();
        }
    }

    private function registerFeature(): void
    {
        if (config('server.features.'.self::FEATURE) !== null) {
            return;
        }

        RegisterServerFeature::make(self::FEATURE)
            ->label('Disk Watch')
            ->description('Hourly check of disks and inodes with notifications, and a clean-up of caches and old logs')
            ->register();

        foreach (self::ACTIONS as $id => [$label, $handler]) {
            RegisterServerFeatureAction::make(self::FEATURE, $id)
                ->label($label)
                ->handler($handler)
                ->register();
        }
    }

    private function registerSchedule(): void
    {
        if (! app()->runningInConsole()) {
            return;
        }

        RegisterCommand::make(CheckDisks::class)->register();

        $add = static function (Schedule $schedule): void {
            $schedule->command('disk-watch:check')
                ->hourlyAt(23)
                ->withoutOverlapping(55)
                ->runInBackground();
        };

        if (app()->resolved(Schedule::class)) {
            $add(app(Schedule::class));
        } else {
            app()->afterResolving(Schedule::class, $add);
        }
    }
}
