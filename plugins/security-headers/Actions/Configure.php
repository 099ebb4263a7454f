<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\SecurityHeaders;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\Settings;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;
use RuntimeException;

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
        $settings = (new SecurityHeaders($this->site))->settings();

        return DynamicForm::make([
            DynamicField::make('hsts')
                ->select()
                ->label('Strict-Transport-Security')
                ->options(array_keys(Settings::HSTS_AGES))
                ->default($settings->hsts)
                ->description('Browsers refuse plain HTTP for this long, with no way back. Start with a week.'),
            DynamicField::make('hsts_subdomains')
                ->checkbox()
                ->label('Include all subdomains')
                ->default($settings->hstsSubdomains),
            DynamicField::make('hsts_preload')
                ->checkbox()
                ->label('Ask for preloading')
                ->default($settings->hstsPreload)
                ->description('Needs a year or more and all subdomains.'),
            DynamicField::make('referrer_policy')
                ->select()
                ->label('Referrer-Policy')
                ->options(Settings::REFERRER_POLICIES)
                ->default($settings->referrerPolicy),
            DynamicField::make('permissions_policy')
                ->text()
                ->label('Permissions-Policy')
                ->placeholder('camera=(), geolocation=(self)')
                ->default($settings->permissionsPolicy),
            DynamicField::make('csp')
                ->text()
                ->label('Content-Security-Policy')
                ->placeholder("default-src 'self'; img-src 'self' data:; frame-ancestors 'none'")
                ->default($settings->csp),
            DynamicField::make('csp_mode')
                ->select()
                ->label('Policy mode')
                ->options(Settings::CSP_MODES)
                ->default($settings->cspMode)
                ->description('With "report only", browsers complain in their console but block nothing.'),
            DynamicField::make('opener_policy')
                ->select()
                ->label('Cross-Origin-Opener-Policy')
                ->options(Settings::OPENER_POLICIES)
                ->default($settings->openerPolicy),
            DynamicField::make('resource_policy')
                ->select()
                ->label('Cross-Origin-Resource-Policy')
                ->options(Settings::RESOURCE_POLICIES)
                ->default($settings->resourcePolicy),
        ]);
    }

    public function handle(Request $request): void
    {
        $input = Validator::make($request->all(), Settings::rules($request->all()))->validate();

        $headers = new SecurityHeaders($this->site);

        try {
            $headers->apply(Settings::fromArray($input));
            $shadowed = $headers->shadowedLocations();
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash(...($shadowed === []
            ? ['success', 'The security headers are live.']
            : ['warning', 'The security headers are live, except where a location sets headers of its own: '.implode(', ', $shadowed)]));
    }
}
