<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch;

use App\Exceptions\SSHError;
use App\Facades\Notifier;
use App\Models\Server;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Notifications\DiskNotice;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\AlertBook;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\CleanUpPlan;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\CleanUpResult;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Df;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Settings;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Volume;

/**
 * Watches the disks of one server.
 */
final class Watcher
{
    private const STATE = 'disk_watch';

    public function __construct(private readonly Server $server) {}

    public function enabled(): bool
    {
        return (bool) $this->state('enabled', false);
    }

    public function settings(): Settings
    {
        return Settings::fromArray((array) $this->state('settings', []));
    }

    public function checkedAt(): ?int
    {
        $time = $this->state('checked_at');

        return is_int($time) ? $time : null;
    }

    /** @return list<Volume> as of the last check */
    public function lastVolumes(): array
    {
        return array_map(Volume::fromArray(...), array_values((array) $this->state('volumes', [])));
    }

    public function start(Settings $settings): void
    {
        $this->remember(['enabled' => true, 'settings' => $settings->toArray()]);
    }

    public function stop(): void
    {
        $this->remember(['enabled' => false, 'alerts' => []]);
    }

    /**
     * Reads how full the disks are.
     *
     * @return list<Volume>
     *
     * @throws SSHError
     */
    public function check(): array
    {
        $settings = $this->settings();
        $volumes = array_values(array_filter(
            Df::parse($this->server->ssh()->exec(Df::command())),
            static fn (Volume $volume): bool => ! $settings->ignores($volume->mount)
        ));

        $this->remember([
            'checked_at' => time(),
            'volumes' => array_map(static fn (Volume $volume): array => $volume->toArray(), $volumes),
        ]);

        return $volumes;
    }

    /**
     * Checks, and sends a notification where the situation calls for one.
     *
     * @return list<Volume>
     *
     * @throws SSHError
     */
    public function checkAndNotify(): array
    {
        $volumes = $this->check();
        $book = AlertBook::open((array) $this->state('alerts', []))
            ->update($volumes, $this->settings(), time());

        // Written down first: a notification too few is better than one an hour.
        $this->remember(['alerts' => $book->alerts]);

        if ($book->raised !== [] || $book->cleared !== []) {
            Notifier::send($this->server, new DiskNotice(
                serverId: (int) $this->server->id,
                serverName: (string) $this->server->name,
                raised: array_map(static fn (Volume $volume): string => $volume->summary(), $book->raised),
                cleared: array_map(static fn (Volume $volume): string => $volume->summary(), $book->cleared),
            ));
        }

        return $volumes;
    }

    /** @throws SSHError */
    public function cleanUp(CleanUpPlan $plan): CleanUpResult
    {
        $output = $this->server->ssh()->exec($plan->command(), 'disk-watch-clean-up');

        return CleanUpResult::parse($output);
    }

    private function state(string $key, mixed $default = null): mixed
    {
        return data_get($this->server->feature_data, self::STATE.'.'.$key, $default);
    }

    /** @param array<string, mixed> $changes */
    private function remember(array $changes): void
    {
        // Other features keep their data in the same column.
        $this->server->refresh();

        $data = $this->server->feature_data ?? [];
        $data[self::STATE] = $changes + (array) ($data[self::STATE] ?? []);
        $this->server->feature_data = $data;
        $this->server->save();
    }
}
