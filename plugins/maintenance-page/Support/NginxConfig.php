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

    public function directory(): string
    {
        return "/etc/nginx/maintenance-page/site-{$this->siteId}";
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

    public function bypassPath(string $key): string
    {
        return "/maintenance-bypass/{$key}";
    }

    /** For the http block: decides by address, and by the cookie of the bypass link. */
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
            map \$cookie_maintenance_bypass_{$this->siteId} \$maintenance_bypass_site_{$this->siteId} {
                default 0;
                "{$settings->bypassKey}" 1;
            }
            map \$https \$maintenance_secure_site_{$this->siteId} {
                default "";
                on "; Secure";
            }

            NGINX;
    }

    /** For the server block: sends everybody else to the page. */
    public function server(Settings $settings): string
    {
        $id = $this->siteId;
        $key = $settings->bypassKey;
        $seconds = $settings->retryAfter * 60;

        return self::HEADER.<<<NGINX
            set \$maintenance_page \$maintenance_page_site_{$id};
            if (\$maintenance_bypass_site_{$id}) {
                set \$maintenance_page 0;
            }

            # Certificates keep renewing, and the page itself must stay reachable.
            if (\$uri ~ ^/\.well-known/acme-challenge/) {
                set \$maintenance_page 0;
            }
            if (\$uri = /maintenance-page-{$id}.html) {
                set \$maintenance_page 0;
            }
            if (\$uri = {$this->bypassPath($key)}) {
                set \$maintenance_page 0;
            }
            if (\$maintenance_page) {
                return 503;
            }

            location = {$this->bypassPath($key)} {
                access_log off;
                auth_basic off;
                absolute_redirect off;
                add_header Set-Cookie "maintenance_bypass_{$id}={$key}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax\$maintenance_secure_site_{$id}";
                add_header Cache-Control "no-store" always;
                add_header Referrer-Policy "no-referrer" always;
                return 302 /;
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
}
