<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

/**
 * The nginx configuration of the headers of one site.
 */
final class NginxConfig
{
    private const HEADER = "# Written by the Security Headers plugin; changes made here get lost.\n";

    public function __construct(private readonly int $siteId) {}

    /** The one line that is added to the vhost. */
    public function includeLine(): string
    {
        return "include {$this->directory()}/*.conf;";
    }

    public function directory(): string
    {
        return "/etc/nginx/security-headers/site-{$this->siteId}";
    }

    public function serverPath(): string
    {
        return $this->directory().'/server.conf';
    }

    /** For the server block. */
    public function server(Settings $settings): string
    {
        $config = self::HEADER;
        foreach ($settings->headers() as $name => $value) {
            $config .= "add_header {$name} ".self::quote($value)." always;\n";
        }

        return $config;
    }

    /** Settings has made sure that there is no "$" in it, which nginx could not escape. */
    private static function quote(string $value): string
    {
        return '"'.addcslashes($value, '"\\').'"';
    }
}
