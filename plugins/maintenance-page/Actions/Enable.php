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

class Enable extends Action
{
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
        $last = (new MaintenanceMode($this->site))->lastSettings();

        return DynamicForm::make([
            DynamicField::make('title')
                ->text()
                ->label('Headline')
                ->default($last->title),
            DynamicField::make('message')
                ->text()
                ->label('Message')
                ->default($last->message),
            DynamicField::make('allow')
                ->text()
                ->label('Allowed addresses')
                ->placeholder('203.0.113.7, 2001:db8::/48')
                ->default((string) $last->allow)
                ->description('IP addresses or CIDR ranges that still reach the site. Yours seems to be '.request()->ip().'.'),
            DynamicField::make('retry_after')
                ->text()
                ->label('Expected minutes')
                ->default((string) $last->retryAfter)
                ->description('Sent as Retry-After, which asks search engines to come back later.'),
        ]);
    }

    public function handle(Request $request): void
    {
        $input = Validator::make($request->all(), Settings::rules())->validate();

        try {
            (new MaintenanceMode($this->site))->enable(Settings::fromArray($input));
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash('success', 'The maintenance page is up.');
    }
}
