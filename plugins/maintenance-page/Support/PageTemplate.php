<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Support;

/**
 * The page visitors see. One file without outside references, because nothing
 * else of the site can be fetched while it is shown.
 */
final class PageTemplate
{
    public static function render(Settings $settings): string
    {
        $title = self::escape($settings->title);
        $message = self::escape($settings->message);

        return <<<HTML
            <!doctype html>
            <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="refresh" content="60">
                <title>{$title}</title>
                <style>
                    :root { color-scheme: light dark; --paper: #f7f6f3; --ink: #23262b; --soft: #6a7079; --mark: #d9822b; }
                    @media (prefers-color-scheme: dark) { :root { --paper: #17191d; --ink: #eceef1; --soft: #9aa1ab; --mark: #f0a04b; } }
                    * { box-sizing: border-box; }
                    body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem;
                        background: var(--paper); color: var(--ink);
                        font: 1.0625rem/1.6 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
                    main { max-width: 34rem; text-align: center; }
                    svg { width: 4.5rem; height: 4.5rem; color: var(--mark); }
                    h1 { margin: 1.25rem 0 .5rem; font-size: clamp(1.6rem, 5vw, 2.25rem); line-height: 1.2; text-wrap: balance; }
                    p { margin: 0; color: var(--soft); text-wrap: pretty; overflow-wrap: anywhere; }
                </style>
            </head>
            <body>
                <main>
                    <svg viewBox="0 0 48 48" fill="currentColor" aria-hidden="true">
                        <path d="M22 6.5C22.3 5 23 4 24 4s1.7 1 2 2.5L27.6 14h-7.2zM19.1 20h9.8l1.7 8H17.4zM16.1 34h15.8l1.1 5h7.5a2 2 0 0 1 0 4h-33a2 2 0 0 1 0-4H15z"/>
                    </svg>
                    <h1>{$title}</h1>
                    <p>{$message}</p>
                </main>
            </body>
            </html>

            HTML;
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }
}
