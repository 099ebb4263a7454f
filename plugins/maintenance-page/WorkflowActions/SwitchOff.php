<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\WorkflowActions;

use App\Models\Site;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;
use App\WorkflowActions\AbstractWorkflowAction;
use Illuminate\Support\Facades\Validator;

class SwitchOff extends AbstractWorkflowAction
{
    public function inputs(): array
    {
        return ['site_id' => 'The ID of the site'];
    }

    public function outputs(): array
    {
        return ['site_id' => 'The ID of the site'];
    }

    public function run(array $input): array
    {
        Validator::make($input, ['site_id' => ['required', 'integer', 'exists:sites,id']])->validate();

        /** @var Site $site */
        $site = Site::query()->findOrFail($input['site_id']);
        $this->authorize('update', [$site, $site->server]);

        (new MaintenanceMode($site))->disable();

        return ['site_id' => $site->id];
    }
}
