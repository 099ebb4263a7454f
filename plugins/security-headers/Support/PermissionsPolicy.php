<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

/**
 * Checks the syntax of a Permissions-Policy, which is easily confused with
 * that of the Feature-Policy it has replaced.
 */
final class PermissionsPolicy
{
    private const ORIGIN = '"https?:\/\/[a-z0-9.*:-]+"';

    /** What is wrong with a policy, or null if nothing is. */
    public static function problem(string $policy): ?string
    {
        if ($policy === '') {
            return null;
        }
        if (! preg_match('/^[\x20-\x7e]+$/D', $policy)) {
            return 'A policy is made of plain ASCII on a single line.';
        }

        $seen = [];
        foreach (explode(',', $policy) as $item) {
            $item = trim($item);
            $member = '(?:self|\*|'.self::ORIGIN.')';

            if (! preg_match("/^([a-z]+(?:-[a-z]+)*)=(?:\*|self|\( *(?:{$member}(?: +{$member})*)? *\))$/Di", $item, $match)) {
                return "\"{$item}\" should read like camera=(), geolocation=(self) or fullscreen=(self \"https://example.com\").";
            }
            if (isset($seen[$match[1]])) {
                return "\"{$match[1]}\" appears twice.";
            }
            $seen[$match[1]] = true;
        }

        return null;
    }
}
