<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Console;

use App\Enums\ServerStatus;
use App\Models\Server;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Volume;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Watcher;
use Illuminate\Console\Command;
use Throwable;

class CheckDisks extends Command
{
    protected $signature = 'disk-watch:check {--server= : The ID of the only server to check}';

    protected $description = 'Check the disks of all servers Disk Watch is enabled for';

    public function handle(): int
    {
        $servers = Server::query()
            ->where('status', ServerStatus::READY)
            ->when($this->option('server'), static fn ($query, $id) => $query->whereKey($id))
            ->get();
        $failures = 0;

        foreach ($servers as $server) {
            $watcher = new Watcher($server);

            if (! $watcher->enabled()) {
                continue;
            }

            // One server out of reach must not hide the state of the others.
            try {
                $this->report($server, $watcher->checkAndNotify());
            } catch (Throwable $e) {
                $failures++;
                $this->warn("{$server->name}: {$e->getMessage()}");
            }
        }

        return $failures === 0 ? self::SUCCESS : self::FAILURE;
    }

    /** @param list<Volume> $volumes */
    private function report(Server $server, array $volumes): void
    {
        foreach ($volumes as $volume) {
            $this->line("{$server->name}: {$volume->summary()}");
        }
    }
}
