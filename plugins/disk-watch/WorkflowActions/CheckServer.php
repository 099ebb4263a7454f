<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\WorkflowActions;

use App\Models\Server;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use App\WorkflowActions\AbstractWorkflowAction;
use Illuminate\Support\Facades\Validator;
use RuntimeException;

class CheckServer extends AbstractWorkflowAction
{
    public function inputs(): array
    {
        return [
            'server_id' => 'The ID of the server',
            'fail_at' => 'Fail if a disk is this full (percent); leave empty to never fail',
        ];
    }

    public function outputs(): array
    {
        return [
            'server_id' => 'The ID of the server',
            'mount' => 'Where the fullest disk is mounted',
            'percent' => 'How full it is (percent)',
            'summary' => 'The same in words',
        ];
    }

    public function run(array $input): array
    {
        Validator::make($input, [
            'server_id' => ['required', 'integer', 'exists:servers,id'],
            'fail_at' => ['nullable', 'integer', 'between:1,100'],
        ])->validate();

        /** @var Server $server */
        $server = Server::query()->findOrFail($input['server_id']);
        $this->authorize('update', $server);

        $fullest = (new Watcher($server))->check()[0]
            ?? throw new RuntimeException('The server reports no disks to watch.');
        $limit = (int) ($input['fail_at'] ?? 0);

        if ($limit > 0 && $fullest->worst() >= $limit) {
            throw new RuntimeException($server->name.': '.$fullest->summary());
        }

        return [
            'server_id' => $server->id,
            'mount' => $fullest->mount,
            'percent' => $fullest->worst(),
            'summary' => $fullest->summary(),
        ];
    }
}
