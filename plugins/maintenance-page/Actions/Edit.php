<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\Settings;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;
use RuntimeException;

class Edit extends Action
{
    use AsksForSettings;

    public function name(): string
    {
        return 'Edit';
    }

    public function active(): bool
    {
        return (new MaintenanceMode($this->site))->enabled();
    }

    public function form(): ?DynamicForm
    {
        return DynamicForm::make([
            DynamicField::make('bypass')
                ->alert()
                ->label('Bypass link')
                ->description((new MaintenanceMode($this->site))->bypassUrl() ?? 'There is none yet. Save this form to get one.'),
            ...$this->settingsFields(),
            DynamicField::make('new_bypass_link')
                ->checkbox()
                ->label('Make a new bypass link')
                ->default(false)
                ->description('The old one stops working at once.'),
        ]);
    }

    public function handle(Request $request): void
    {
        $input = Validator::make($request->all(), Settings::rules())->validate();
        $mode = new MaintenanceMode($this->site);

        $settings = Settings::fromArray($input);
        if (! $request->boolean('new_bypass_link')) {
            $settings = $settings->withBypassKey($mode->lastSettings()->bypassKey);
        }

        try {
            $mode->enable($settings);
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash('success', 'The maintenance page has been updated.');
    }
}
