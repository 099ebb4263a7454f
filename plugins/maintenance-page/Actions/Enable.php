<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions;

use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\Settings;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;
use RuntimeException;

class Enable extends Action
{
    use AsksForSettings;

    public function name(): string
    {
        return 'Enable';
    }

    public function active(): bool
    {
        return ! (new MaintenanceMode($this->site))->enabled();
    }

    public function form(): ?DynamicForm
    {
        return DynamicForm::make($this->settingsFields());
    }

    public function handle(Request $request): void
    {
        $input = Validator::make($request->all(), Settings::rules())->validate();
        $mode = new MaintenanceMode($this->site);

        try {
            $mode->enable(Settings::fromArray($input));
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash('success', 'The maintenance page is up. Your way past it: '.$mode->bypassUrl());
    }
}
