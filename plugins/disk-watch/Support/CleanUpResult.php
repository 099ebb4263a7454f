<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * What a clean-up has achieved.
 */
final class CleanUpResult
{
    /** @param list<string> $failed names of the steps that did not work */
    private function __construct(
        public readonly int $freed,
        public readonly array $failed,
    ) {}

    public static function parse(string $output): self
    {
        preg_match('/^disk-watch:before=(\d+)$/m', $output, $before);
        preg_match('/^disk-watch:after=(\d+)$/m', $output, $after);
        preg_match_all('/^disk-watch:failed=([a-z ]+)$/m', $output, $failed);

        return new self(
            freed: max(0, (int) ($after[1] ?? 0) - (int) ($before[1] ?? 0)),
            failed: $failed[1],
        );
    }

    public function summary(): string
    {
        $text = $this->freed > 0
            ? 'The clean-up freed '.Bytes::format($this->freed).'.'
            : 'There was nothing to clean up.';

        return $this->failed === []
            ? $text
            : $text.' Not everything worked: '.implode(', ', $this->failed).'. See the logs of the server.';
    }
}
