<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

/**
 * The nginx configuration of the headers of one site.
 */
final class NginxConfig
{
    private const HEADER = "# Written by the Security Headers plugin; changes made here get lost.\n";

    private const HSTS = 'Strict-Transport-Security';

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

    public function httpPath(): string
    {
        return "/etc/nginx/conf.d/security-headers-site-{$this->siteId}.conf";
    }

    /** For the http block: HSTS is for HTTPS only, and nginx leaves out empty headers. */
    public function http(Settings $settings): string
    {
        $hsts = self::quote($settings->headers()[self::HSTS] ?? '');

        return self::HEADER.<<<NGINX
            map \$https {$this->hstsVariable()} {
                default "";
                on {$hsts};
            }

            NGINX;
    }

    /** For the server block. */
    public function server(Settings $settings): string
    {
        $config = self::HEADER;
        foreach ($settings->headers() as $name => $value) {
            $value = $name === self::HSTS ? $this->hstsVariable() : self::quote($value);
            $config .= "add_header {$name} {$value} always;\n";
        }

        return $config;
    }

    private function hstsVariable(): string
    {
        return "\$security_headers_hsts_site_{$this->siteId}";
    }

    /** Settings has made sure that there is no "$" in it, which nginx could not escape. */
    private static function quote(string $value): string
    {
        return '"'.addcslashes($value, '"\\').'"';
    }
}
