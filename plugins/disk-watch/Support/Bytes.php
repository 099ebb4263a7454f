<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

final class Bytes
{
    private const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

    public static function format(int $bytes): string
    {
        $value = (float) max(0, $bytes);
        $unit = 0;

        while ($value >= 1000 && $unit < count(self::UNITS) - 1) {
            $value /= 1024;
            $unit++;
        }

        return ($unit === 0 || $value >= 100 ? number_format($value) : number_format($value, 1)).' '.self::UNITS[$unit];
    }
}
