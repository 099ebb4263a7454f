<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * Asks df for space and inodes of what is stored on the server itself.
 */
final class Df
{
    private const MARK = 'disk-watch:inodes';

    /** File systems without storage of their own, or which are always full. */
    private const LEFT_OUT = [
        'devtmpfs', 'efivarfs', 'fuse.lxcfs', 'iso9660', 'overlay', 'ramfs', 'squashfs', 'tmpfs', 'udf',
    ];

    /** Harmless for df to stumble over a mount it may not read, hence "|| true". */
    public static function command(): string
    {
        $types = implode(' ', array_map(static fn (string $type): string => "-x {$type}", self::LEFT_OUT));

        return "export LC_ALL=C; timeout 30 df -l -P -B1 {$types} || true; echo ".self::MARK."; timeout 30 df -l -P -i {$types} || true";
    }

    /** @return list<Volume> the fullest first */
    public static function parse(string $output): array
    {
        [$space, $inodes] = explode(self::MARK, $output, 2) + [1 => ''];

        $inodePercents = [];
        foreach (self::rows($inodes) as [, , , , $percent, $mount]) {
            $inodePercents[$mount] = (int) $percent;
        }

        $volumes = [];
        foreach (self::rows($space) as [, $size, , $available, $percent, $mount]) {
            // A bind mount repeats its source; keyed by mount, each shows once.
            $volumes[$mount] = new Volume(
                mount: $mount,
                size: (int) $size,
                available: (int) $available,
                percent: (int) $percent,
                inodePercent: $inodePercents[$mount] ?? 0,
            );
        }

        usort($volumes, static fn (Volume $a, Volume $b): int => [$b->worst(), $a->mount] <=> [$a->worst(), $b->mount]);

        return $volumes;
    }

    /** @return list<array{string, string, string, string, string, string}> */
    private static function rows(string $table): array
    {
        $rows = [];

        foreach (explode("\n", $table) as $line) {
            // The name of a device may contain spaces, and so may a mount point.
            if (preg_match('#^(.+?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\d+)%\s+(/.*)$#', rtrim($line), $match) === 1) {
                $rows[] = array_slice($match, 1);
            }
        }

        return $rows;
    }
}
