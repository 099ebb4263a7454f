<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions;

use App\Exceptions\SSHError;
use App\SiteFeatures\Action;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;
use Illuminate\Http\Request;
use RuntimeException;

class Disable extends Action
{
    public function name(): string
    {
        return 'Disable';
    }

    public function active(): bool
    {
        return (new MaintenanceMode($this->site))->enabled();
    }

    public function handle(Request $request): void
    {
        try {
            (new MaintenanceMode($this->site))->disable();
        } catch (RuntimeException|SSHError $e) {
            $request->session()->flash('error', $e->getMessage());

            return;
        }

        $request->session()->flash('success', 'The site is open to everybody again.');
    }
}
