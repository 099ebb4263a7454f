<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Actions;

use App\ServerFeatures\Action;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use Illuminate\Http\Request;

class Stop extends Action
{
    public function name(): string
    {
        return 'Stop watching';
    }

    public function active(): bool
    {
        return (new Watcher($this->server))->enabled();
    }

    public function handle(Request $request): void
    {
        (new Watcher($this->server))->stop();

        $request->session()->flash('success', 'Disk Watch leaves this server alone now.');
    }
}
