<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\ServerFeatures\Action;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Volume;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use Illuminate\Http\Request;
use Illuminate\Support\Carbon;

class CheckNow extends Action
{
    public function name(): string
    {
        return 'Check now';
    }

    public function active(): bool
    {
        return true;
    }

    public function form(): ?DynamicForm
    {
        $watcher = new Watcher($this->server);
        $checkedAt = $watcher->checkedAt();

        if ($checkedAt === null) {
            return DynamicForm::make([
                DynamicField::make('note')
                    ->alert()
                    ->description('This server has not been checked yet.'),
            ]);
        }

        $threshold = $watcher->settings()->threshold;
        $fields = [];

        foreach ($watcher->lastVolumes() as $number => $volume) {
            $fields[] = DynamicField::make('volume_'.$number)
                ->alert()
                ->options(['type' => $volume->worst() >= $threshold ? 'warning' : 'info'])
                ->label($volume->mount)
                ->description($this->describe($volume));
        }

        $fields[] = DynamicField::make('note')
            ->alert()
            ->description('As of '.Carbon::createFromTimestamp($checkedAt)->diffForHumans().'.');

        return DynamicForm::make($fields);
    }

    public function handle(Request $request): void
    {
        $watcher = new Watcher($this->server);

        try {
            $volumes = $watcher->check();
        } catch (SSHError $e) {
            $request->session()->flash('error', 'The server could not be checked: '.$e->getMessage());

            return;
        }

        $threshold = $watcher->settings()->threshold;
        $full = array_filter($volumes, static fn (Volume $volume): bool => $volume->worst() >= $threshold);

        $request->session()->flash(
            $full === [] ? 'success' : 'warning',
            $volumes === []
                ? 'The server reports no disks to watch.'
                : implode(' · ', array_map(static fn (Volume $volume): string => $volume->summary(), $full ?: [$volumes[0]]))
        );
    }

    private function describe(Volume $volume): string
    {
        return str($volume->summary())->after($volume->mount.' ')->toString();
    }
}
