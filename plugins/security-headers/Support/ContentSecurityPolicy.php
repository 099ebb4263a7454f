<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

/**
 * Finds the mistakes browsers would silently ignore.
 */
final class ContentSecurityPolicy
{
    private const DIRECTIVES = [
        'base-uri', 'child-src', 'connect-src', 'default-src', 'fenced-frame-src', 'font-src', 'form-action',
        'frame-ancestors', 'frame-src', 'img-src', 'manifest-src', 'media-src', 'object-src', 'report-to',
        'report-uri', 'require-trusted-types-for', 'sandbox', 'script-src', 'script-src-attr', 'script-src-elem',
        'style-src', 'style-src-attr', 'style-src-elem', 'trusted-types', 'upgrade-insecure-requests', 'worker-src',
    ];

    private const KEYWORDS = [
        'none', 'self', 'strict-dynamic', 'report-sample', 'unsafe-eval', 'unsafe-hashes', 'unsafe-inline',
        'wasm-unsafe-eval',
    ];

    /** What is wrong with a policy, or null if nothing is. */
    public static function problem(string $policy): ?string
    {
        if ($policy === '') {
            return null;
        }
        if (! preg_match('/^[\x20-\x7e]+$/D', $policy) || strpbrk($policy, '$"\\,') !== false) {
            return 'A policy is made of plain ASCII, without commas, double quotes, backslashes or dollar signs.';
        }

        $seen = [];
        foreach (array_filter(array_map(trim(...), explode(';', $policy))) as $directive) {
            $words = preg_split('/ +/', $directive) ?: [];
            $name = strtolower((string) array_shift($words));

            if (! in_array($name, self::DIRECTIVES, true)) {
                return "There is no directive \"{$name}\".";
            }
            if (isset($seen[$name])) {
                return "\"{$name}\" appears twice; browsers only heed the first.";
            }
            $seen[$name] = true;

            foreach ($words as $word) {
                $problem = self::sourceProblem($name, strtolower($word));
                if ($problem !== null) {
                    return $problem;
                }
            }
            if (count($words) > 1 && in_array("'none'", $words, true)) {
                return "'none' must stand alone in \"{$name}\".";
            }
        }

        return null;
    }

    private static function sourceProblem(string $directive, string $word): ?string
    {
        if (in_array($word, self::KEYWORDS, true) && ! in_array($directive, ['report-to', 'trusted-types'], true)) {
            return "Write '{$word}' with single quotes in \"{$directive}\", or it is taken for a host name.";
        }
        if (preg_match("/^'nonce-/", $word)) {
            return 'A nonce must be new for every response, so only the application itself can send it.';
        }

        return null;
    }
}
