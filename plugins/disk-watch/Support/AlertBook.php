<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * Remembers which mounts are known to be full, so that you hear about each
 * once, again when it lasts, and when it is over.
 */
final class AlertBook
{
    /** An alert ends this many points below the threshold, not right at it. */
    private const MARGIN = 3;

    /**
     * @param  array<string, int>  $alerts  when each mount was last notified about
     * @param  list<Volume>  $raised
     * @param  list<Volume>  $cleared
     */
    private function __construct(
        public readonly array $alerts,
        public readonly array $raised = [],
        public readonly array $cleared = [],
    ) {}

    /** @param array<string, mixed> $alerts */
    public static function open(array $alerts): self
    {
        return new self(array_map(intval(...), $alerts));
    }

    /** @param list<Volume> $volumes */
    public function update(array $volumes, Settings $settings, int $now): self
    {
        $alerts = $raised = $cleared = [];

        foreach ($volumes as $volume) {
            $since = $this->alerts[$volume->mount] ?? null;

            if ($volume->worst() >= $settings->threshold) {
                $after = $settings->reminderAfter();
                // The clock of the schedule is not exact; a minute early is on time.
                $due = $since === null || ($after > 0 && $now - $since >= $after - 60);

                $alerts[$volume->mount] = $due ? $now : $since;
                if ($due) {
                    $raised[] = $volume;
                }
            } elseif ($since !== null && $volume->worst() > $settings->threshold - self::MARGIN) {
                $alerts[$volume->mount] = $since;
            } elseif ($since !== null) {
                $cleared[] = $volume;
            }
        }

        return new self($alerts, $raised, $cleared);
    }
}
