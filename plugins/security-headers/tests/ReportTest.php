<?php

use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\Report;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\VhostHook;
use PHPUnit\Framework\TestCase;

final class ReportTest extends TestCase
{
    public function test_it_tells_apart_what_can_go_wrong(): void
    {
        $report = Report::compare(
            expected: [
                'Referrer-Policy' => 'same-origin',
                'Permissions-Policy' => 'camera=()',
                'Content-Security-Policy' => "default-src 'self'",
                'Cross-Origin-Opener-Policy' => 'same-origin',
                'Strict-Transport-Security' => 'max-age=604800',
            ],
            received: [
                'referrer-policy' => ['same-origin'],
                'content-security-policy' => ["default-src 'self'", "default-src 'none'"],
                'cross-origin-opener-policy' => ['unsafe-none'],
            ],
            https: false,
        );

        $this->assertFalse($report->clean());
        $this->assertSame(['Referrer-Policy'], $report->fine);
        $this->assertSame([
            'Permissions-Policy' => 'is missing',
            'Content-Security-Policy' => 'is sent 2 times, probably by the application as well',
            'Cross-Origin-Opener-Policy' => 'has another value',
            'Strict-Transport-Security' => 'waits for HTTPS',
        ], $report->problems);
        $this->assertStringStartsWith('1 of 5 headers arrive', $report->summary());
    }

    public function test_locations_with_headers_of_their_own_are_found(): void
    {
        $vhost = <<<'NGINX'
            server {
                root /srv;
                location / {
                    try_files $uri /index.html;
                }
                location ~* \.(js|css)$ {
                    add_header Cache-Control "public; max-age=3600";
                }
                location /api {
                    location /api/v2 {
                        add_header X-Api 2;
                    }
                }
            }
            NGINX;

        $this->assertSame(['~* \.(js|css)$', '/api/v2'], VhostHook::locationsWithHeaders($vhost));
    }
}
