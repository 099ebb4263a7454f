<?php

use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\AlertBook;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Settings;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Volume;
use PHPUnit\Framework\TestCase;

final class AlertBookTest extends TestCase
{
    private const NOW = 1_800_000_000;

    public function test_crossing_the_threshold_raises_an_alert_once(): void
    {
        $first = $this->update([], 86, self::NOW);
        $second = $this->update($first->alerts, 87, self::NOW + 3600);

        $this->assertCount(1, $first->raised);
        $this->assertCount(0, $second->raised);
        $this->assertSame(['/' => self::NOW], $second->alerts);
    }

    public function test_inodes_count_as_much_as_space(): void
    {
        $book = AlertBook::open([])->update([new Volume('/', 100, 90, 10, 95)], new Settings, self::NOW);

        $this->assertCount(1, $book->raised);
    }

    public function test_it_reminds_when_asked_to(): void
    {
        $day = self::NOW + 86_400;

        $this->assertCount(1, $this->update(['/' => self::NOW], 90, $day - 30)->raised);
        $this->assertCount(0, $this->update(['/' => self::NOW], 90, $day - 7200)->raised);
        $this->assertCount(0, $this->update(['/' => self::NOW], 90, $day, 'never')->raised);
    }

    public function test_a_little_below_the_threshold_is_not_over_yet(): void
    {
        $book = $this->update(['/' => self::NOW], 83, self::NOW + 3600);

        $this->assertSame(['/' => self::NOW], $book->alerts);
        $this->assertCount(0, $book->cleared);
    }

    public function test_well_below_the_threshold_is(): void
    {
        $book = $this->update(['/' => self::NOW], 82, self::NOW + 3600);

        $this->assertSame([], $book->alerts);
        $this->assertCount(1, $book->cleared);
    }

    /** @param array<string, int> $alerts */
    private function update(array $alerts, int $percent, int $now, string $reminder = 'every day'): AlertBook
    {
        return AlertBook::open($alerts)->update(
            [new Volume('/', 100, 100 - $percent, $percent)],
            new Settings(threshold: 85, reminder: $reminder),
            $now
        );
    }
}
