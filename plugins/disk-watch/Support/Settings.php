<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * When to raise an alarm about which mounts.
 */
final class Settings
{
    public const REMINDERS = [
        'never' => 0,
        'every day' => 86_400,
        'every week' => 604_800,
    ];

    /** @param list<string> $ignore mount points, "*" standing for anything */
    public function __construct(
        public readonly int $threshold = 85,
        public readonly array $ignore = ['/boot/efi', '/snap/*'],
        public readonly string $reminder = 'every day',
    ) {}

    /** @param array<string, mixed> $data */
    public static function fromArray(array $data): self
    {
        if ($data === []) {
            return new self;
        }

        return new self(
            threshold: (int) ($data['threshold'] ?? 85),
            ignore: self::list((string) ($data['ignore'] ?? '')),
            reminder: (string) ($data['reminder'] ?? 'every day'),
        );
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        return [
            'threshold' => $this->threshold,
            'ignore' => implode(', ', $this->ignore),
            'reminder' => $this->reminder,
        ];
    }

    public function ignores(string $mount): bool
    {
        foreach ($this->ignore as $pattern) {
            $regex = str_replace('\*', '.*', preg_quote($pattern, '#'));

            if (preg_match("#^{$regex}$#D", $mount) === 1) {
                return true;
            }
        }

        return false;
    }

    /** Seconds until an alert is repeated, 0 for never. */
    public function reminderAfter(): int
    {
        return self::REMINDERS[$this->reminder] ?? 0;
    }

    /** @return array<string, list<string>> */
    public static function rules(): array
    {
        return [
            'threshold' => ['required', 'integer', 'between:50,99'],
            'ignore' => ['nullable', 'string', 'max:1000', 'regex:#^(/[^,;\r\n]*)?([,;] */[^,;\r\n]*)*$#'],
            'reminder' => ['required', 'in:'.implode(',', array_keys(self::REMINDERS))],
        ];
    }

    /** @return list<string> */
    private static function list(string $text): array
    {
        return array_values(array_unique(array_filter(array_map(trim(...), preg_split('/[,;]/', $text) ?: []))));
    }
}
