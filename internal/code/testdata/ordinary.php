<?php

declare(strict_types=1);

namespace Acme\Backups\Services;

use Acme\Backups\Contracts\Storage;
use Acme\Backups\Models\{Backup, Server};
use Illuminate\Support\Collection;
use RuntimeException;

/**
 * Keeps the backups of a server, and removes those that are older than its plan allows.
 *
 * @see Storage for where they are kept
 */
final class Keeper
{
    private const DAYS = ['daily' => 7, 'weekly' => 28, 'monthly' => 365];

    public function __construct(
        private readonly Storage $storage,
        private readonly string $plan = 'daily',
    ) {
    }

    /** @return Collection<int, Backup> */
    public function expired(Server $server, \DateTimeImmutable $now): Collection
    {
        $days = self::DAYS[$this->plan] ?? throw new RuntimeException("There is no plan {$this->plan}.");
        $before = $now->modify("-$days days");

        return $server->backups()
            ->where('state', 'done')
            ->filter(fn (Backup $backup): bool => $backup->created_at < $before && ! $backup->pinned)
            ->sortBy('created_at')
            ->values();
    }

    public function remove(Server $server, \DateTimeImmutable $now): int
    {
        $removed = 0;
        foreach ($this->expired($server, $now) as $backup) {
            // A file that is gone already is as good as removed.
            if ($this->storage->exists($backup->path) && ! $this->storage->delete($backup->path)) {
                throw new RuntimeException(sprintf('The backup %s of %s could not be removed.', $backup->name, $server->name));
            }
            $backup->update(['state' => 'removed', 'removed_at' => $now]);
            $removed++;
        }

        return $removed;
    }

    public function summary(Server $server): string
    {
        $total = $server->backups()->sum('size') / 1024 / 1024;

        return match (true) {
            $total < 1 => 'less than 1 MB',
            $total < 1024 => round($total) . ' MB',
            default => number_format($total / 1024, 1) . ' GB',
        };
    }
}
