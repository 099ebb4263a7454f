<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

use RuntimeException;

/**
 * Adds an include line to the server blocks of a vhost, leaving everything
 * else in it exactly as it was.
 */
final class VhostHook
{
    private const MARK = 'security-headers';

    /**
     * Blocks that only redirect elsewhere (http to https, for instance) are
     * left alone, as are blocks which have the line already.
     */
    public static function install(string $vhost, string $line): string
    {
        $found = false;
        $positions = [];

        foreach (self::statements($vhost) as [$text, $open, $close]) {
            if ($text !== 'server' || $open === null) {
                continue;
            }
            $body = substr($vhost, $open + 1, $close - $open - 1);
            $inside = array_column(self::statements($body), 0);

            if (in_array(rtrim($line, ';'), $inside, true)) {
                $found = true;
            } elseif (preg_grep('/^return\s/', $inside) === []) {
                $positions[] = $open + 1;
            }
        }

        if ($positions === [] && ! $found) {
            throw new RuntimeException('No server block that serves the site was found in its vhost.');
        }

        $hook = "\n    #[".self::MARK."]\n    {$line}\n    #[/".self::MARK.']';
        foreach (array_reverse($positions) as $position) {
            $vhost = substr_replace($vhost, $hook, $position, 0);
        }

        return $vhost;
    }

    /**
     * A location that sets a header of its own inherits none from the server
     * block. This names all of those.
     *
     * @return list<string>
     */
    public static function locationsWithHeaders(string $vhost): array
    {
        $found = [];

        foreach (self::statements($vhost) as [$text, $open, $close]) {
            if ($open === null) {
                continue;
            }
            $body = substr($vhost, $open + 1, $close - $open - 1);

            if (str_starts_with($text, 'location ')) {
                if (preg_grep('/^add_header\s/', array_column(self::statements($body), 0)) !== []) {
                    $found[] = substr($text, strlen('location '));
                }
            }
            $found = [...$found, ...self::locationsWithHeaders($body)];
        }

        return $found;
    }

    /**
     * Vito 3 builds a vhost anew when its block markers are gone, which would
     * lose both the hook and whatever was written by hand.
     */
    public static function survivesSaving(string $vhost, string $vitoVersion): bool
    {
        if ((int) ltrim($vitoVersion, 'v') >= 4) {
            return true;
        }

        return str_contains($vhost, '#[header]')
            && str_contains($vhost, '#[main]')
            && str_contains($vhost, '#[footer]');
    }

    /**
     * Splits configuration text into its outermost statements.
     *
     * @return list<array{0: string, 1: ?int, 2: ?int}> the words before ";" or
     *                                                  "{", and where the block opens and closes
     */
    private static function statements(string $config): array
    {
        $statements = [];
        $words = '';
        $depth = 0;
        $open = 0;

        // Comments, quoted strings, escapes and ${variables} are stepped over
        // whole, so that braces inside them are not counted.
        $pattern = '/(?<![^\s;{}])#[^\n]*|"(?:\\\\.|[^"\\\\])*"|\'(?:\\\\.|[^\'\\\\])*\'|\$\{\w+}|\\\\.|[{};]/s';
        $offset = 0;

        while (preg_match($pattern, $config, $match, PREG_OFFSET_CAPTURE, $offset) === 1) {
            [$token, $at] = $match[0];
            $before = substr($config, $offset, $at - $offset);
            $offset = $at + strlen($token);
            $words .= $depth === 0 ? $before : '';

            if ($token === '{') {
                if ($depth++ === 0) {
                    $open = $at;
                }
            } elseif ($token === '}') {
                if (--$depth < 0) {
                    break;
                }
                if ($depth === 0) {
                    $statements[] = [self::tidy($words), $open, $at];
                    $words = '';
                }
            } elseif ($depth === 0) {
                if ($token === ';') {
                    $statements[] = [self::tidy($words), null, null];
                    $words = '';
                } elseif ($token[0] !== '#') {
                    $words .= $token;
                }
            }
        }

        if ($depth !== 0) {
            throw new RuntimeException('The braces of the vhost do not match up, so it was left alone.');
        }

        return $statements;
    }

    private static function tidy(string $words): string
    {
        return trim((string) preg_replace('/\s+/', ' ', $words));
    }
}
