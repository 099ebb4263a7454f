<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Actions;

use App\DTOs\DynamicField;
use App\DTOs\DynamicForm;
use App\Exceptions\SSHError;
use App\ServerFeatures\Action;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\CleanUpPlan;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;

class CleanUp extends Action
{
    public function name(): string
    {
        return 'Clean up';
    }

    public function active(): bool
    {
        return true;
    }

    public function form(): ?DynamicForm
    {
        $plan = new CleanUpPlan;

        return DynamicForm::make([
            DynamicField::make('package_cache')
                ->checkbox()
                ->label('Empty the package cache')
                ->default($plan->packageCache),
            DynamicField::make('unused_packages')
                ->checkbox()
                ->label('Remove packages nothing needs any more')
                ->default($plan->unusedPackages)
                ->description('Among them old kernels.'),
            DynamicField::make('journal_days')
                ->text()
                ->label('Keep the journal for (days)')
                ->default((string) $plan->journalDays)
                ->description('0 leaves it alone.'),
            DynamicField::make('log_days')
                ->text()
                ->label('Keep rotated logs for (days)')
                ->default((string) $plan->logDays)
                ->description('Files logrotate has put aside in /var/log. 0 leaves them alone.'),
        ]);
    }

    public function handle(Request $request): void
    {
        $plan = CleanUpPlan::fromArray(Validator::make($request->all(), CleanUpPlan::rules())->validate());

        if ($plan->empty()) {
            $request->session()->flash('warning', 'Nothing was chosen, so nothing was cleaned up.');

            return;
        }

        $watcher = new Watcher($this->server);

        try {
            $result = $watcher->cleanUp($plan);
            $watcher->check();
        } catch (SSHError $e) {
            $request->session()->flash('error', 'The clean-up did not work: '.$e->getMessage());

            return;
        }

        $request->session()->flash($result->failed === [] ? 'success' : 'warning', $result->summary());
    }
}
