<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Support;

/**
 * The nginx configuration of one site in maintenance mode: where its files
 * live and what they say.
 */
final class NginxConfig
{
    private const HEADER = "# Written by the Maintenance Page plugin; changes made here get lost.\n";

    public function __construct(private readonly int $siteId) {}

    /** The one line that is added to the vhost. */
    public function includeLine(): string
    {
        return "include {$this->directory()}/*.conf;";
    }

    public function pagePath(): string
    {
        return $this->directory().'/page.html';
    }

    public function serverPath(): string
    {
        return $this->directory().'/server.conf';
    }

    public function httpPath(): string
    {
        return "/etc/nginx/conf.d/maintenance-page-site-{$this->siteId}.conf";
    }

    /** For the http block: decides by the address of the visitor. */
    public function http(Settings $settings): string
    {
        $allowed = '';
        foreach ($settings->allow->entries as $entry) {
            $allowed .= "    {$entry} 0;\n";
        }

        return self::HEADER.<<<NGINX
            geo \$maintenance_page_site_{$this->siteId} {
                default 1;
            {$allowed}}

            NGINX;
    }

    /** For the server block: sends everybody else to the page. */
    public function server(Settings $settings): string
    {
        $id = $this->siteId;
        $seconds = $settings->retryAfter * 60;

        return self::HEADER.<<<NGINX
            set \$maintenance_page \$maintenance_page_site_{$id};

            # Certificates keep renewing, and the page itself must stay reachable.
            if (\$uri ~ ^/\.well-known/acme-challenge/) {
                set \$maintenance_page 0;
            }
            if (\$uri = /maintenance-page-{$id}.html) {
                set \$maintenance_page 0;
            }
            if (\$maintenance_page) {
                return 503;
            }

            error_page 503 /maintenance-page-{$id}.html;
            location = /maintenance-page-{$id}.html {
                internal;
                alias {$this->pagePath()};
                auth_basic off;
                add_header Retry-After {$seconds} always;
                add_header Cache-Control "no-store" always;
            }

            NGINX;
    }

    private function directory(): string
    {
        return "/etc/nginx/maintenance-page/site-{$this->siteId}";
    }
}
