<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\ServerFeatures\Action;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Settings;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;

class Configure extends Action
{
    public function name(): string
    {
        return 'Configure';
    }

    public function active(): bool
    {
        return true;
    }

    public function form(): ?DynamicForm
    {
        $settings = (new Watcher($this->server))->settings();

        return DynamicForm::make([
            DynamicField::make('threshold')
                ->text()
                ->label('Notify at (percent)')
                ->default((string) $settings->threshold)
                ->description('Applies to space and to inodes, whichever is scarcer.'),
            DynamicField::make('ignore')
                ->text()
                ->label('Ignored mount points')
                ->default(implode(', ', $settings->ignore))
                ->description('Separated by commas; * stands for anything.'),
            DynamicField::make('reminder')
                ->select()
                ->label('Remind while it lasts')
                ->options(array_keys(Settings::REMINDERS))
                ->default($settings->reminder),
        ]);
    }

    public function handle(Request $request): void
    {
        $input = Validator::make($request->all(), Settings::rules())->validate();

        (new Watcher($this->server))->start(Settings::fromArray($input));

        $request->session()->flash('success', 'Disk Watch checks this server every hour from now on.');
    }
}
