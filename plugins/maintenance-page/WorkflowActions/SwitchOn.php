<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\WorkflowActions;

use App\Models\Site;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\Settings;
use App\WorkflowActions\AbstractWorkflowAction;
use Illuminate\Support\Facades\Validator;

class SwitchOn extends AbstractWorkflowAction
{
    public function inputs(): array
    {
        return [
            'site_id' => 'The ID of the site',
            'title' => 'The headline; what was used last if left empty',
            'message' => 'The message; what was used last if left empty',
            'allow' => 'Allowed addresses and ranges; what was used last if left empty',
            'retry_after' => 'Expected minutes; what was used last if left empty',
        ];
    }

    public function outputs(): array
    {
        return [
            'site_id' => 'The ID of the site',
            'bypass_url' => 'The link which lets a browser past the page',
        ];
    }

    public function run(array $input): array
    {
        Validator::make($input, ['site_id' => ['required', 'integer', 'exists:sites,id']])->validate();

        /** @var Site $site */
        $site = Site::query()->findOrFail($input['site_id']);
        $this->authorize('update', [$site, $site->server]);

        $mode = new MaintenanceMode($site);
        $given = array_filter($input, static fn (mixed $value): bool => $value !== null && $value !== '');
        $settings = Validator::make(
            array_intersect_key($given, Settings::rules()) + $mode->lastSettings()->toArray(),
            Settings::rules()
        )->validate();

        $mode->enable(Settings::fromArray($settings)->withBypassKey($mode->lastSettings()->bypassKey));

        return [
            'site_id' => $site->id,
            'bypass_url' => $mode->bypassUrl(),
        ];
    }
}
