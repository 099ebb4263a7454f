<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * What to throw away, as a script for the server.
 */
final class CleanUpPlan
{
    public function __construct(
        public readonly bool $packageCache = true,
        public readonly bool $unusedPackages = false,
        public readonly int $journalDays = 14,
        public readonly int $logDays = 30,
    ) {}

    /** @param array<string, mixed> $input */
    public static function fromArray(array $input): self
    {
        return new self(
            packageCache: (bool) ($input['package_cache'] ?? false),
            unusedPackages: (bool) ($input['unused_packages'] ?? false),
            journalDays: max(0, (int) ($input['journal_days'] ?? 0)),
            logDays: max(0, (int) ($input['log_days'] ?? 0)),
        );
    }

    /** @return array<string, list<string>> */
    public static function rules(): array
    {
        return [
            'package_cache' => ['nullable', 'boolean'],
            'unused_packages' => ['nullable', 'boolean'],
            'journal_days' => ['required', 'integer', 'between:0,3650'],
            'log_days' => ['required', 'integer', 'between:0,3650'],
        ];
    }

    public function empty(): bool
    {
        return $this->steps() === [];
    }

    /** The command to run on the server, as a user who may use sudo. */
    public function command(): string
    {
        return 'sudo bash -c '.escapeshellarg($this->script());
    }

    public function script(): string
    {
        $lines = [
            'set -u',
            'export LC_ALL=C DEBIAN_FRONTEND=noninteractive',
            // Space of the file systems concerned, each counted once.
            'free() { df -P -B1 / /var /var/log /var/cache | tail -n +2 | sort -u -k1,1 | awk \'{ s += $4 } END { printf "%.0f", s }\'; }',
            'echo "disk-watch:before=$(free)"',
        ];

        foreach ($this->steps() as $name => $command) {
            $lines[] = "echo '> {$name}'";
            $lines[] = "{$command} || echo 'disk-watch:failed={$name}'";
        }

        $lines[] = 'echo "disk-watch:after=$(free)"';

        return implode("\n", $lines)."\n";
    }

    /** @return array<string, string> command by name */
    private function steps(): array
    {
        return array_filter([
            'package cache' => $this->packageCache
                ? 'apt-get -q clean'
                : '',
            'unused packages' => $this->unusedPackages
                ? 'apt-get -qy -o DPkg::Lock::Timeout=60 autoremove'
                : '',
            'journal' => $this->journalDays > 0
                ? "journalctl --vacuum-time={$this->journalDays}d 2>&1"
                : '',
            // Only what logrotate has put aside; logs in use keep their names.
            'rotated logs' => $this->logDays > 0
                ? "find /var/log -xdev -type f \\( -name '*.gz' -o -name '*.xz' -o -name '*.zst' -o -name '*.log.[0-9]' -o -name '*.log.[0-9][0-9]' -o -name '*.old' \\) -mtime +{$this->logDays} -print -delete"
                : '',
        ]);
    }
}
