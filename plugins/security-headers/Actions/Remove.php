<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\SecurityHeaders;
use Illuminate\Http\Request;
use RuntimeException;

class Remove extends Action
{
    public function name(): string
    {
        return 'Remove';
    }

    public function active(): bool
    {
        return (new SecurityHeaders($this->site))->enabled();
    }

    public function form(): ?DynamicForm
    {
        return DynamicForm::make([
            DynamicField::make('note')
                ->alert()
                ->options(['type' => 'warning'])
                ->label('HSTS outlives its header')
                ->description('Browsers that have seen Strict-Transport-Security keep to it until the time it named is over.'),
        ]);
    }

    public function handle(Request $request): void
    {
        try {
            (new SecurityHeaders($this->site))->remove();
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash('success', 'The security headers are gone.');
    }
}
