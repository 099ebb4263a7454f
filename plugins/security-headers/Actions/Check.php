<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\SecurityHeaders;
use Illuminate\Http\Client\ConnectionException;
use Illuminate\Http\Request;

class Check extends Action
{
    public function name(): string
    {
        return 'Check';
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
                ->description('Fetches '.$this->site->getUrl().' and compares the headers that arrive with those that should.'),
        ]);
    }

    public function handle(Request $request): void
    {
        try {
            $report = (new SecurityHeaders($this->site))->check();
        } catch (ConnectionException $e) {
            $request->session()->flash('error', 'The site could not be reached: '.$e->getMessage());

            return;
        }

        $request->session()->flash($report->clean() ? 'success' : 'warning', $report->summary());
    }
}
