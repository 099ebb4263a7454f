<?php

use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\VhostHook;
use PHPUnit\Framework\TestCase;

final class VhostHookTest extends TestCase
{
    private const LINE = 'include /etc/nginx/maintenance-page/site-7/*.conf;';

    private const VHOST = <<<'NGINX'
        #[header]
        # a stray { in a comment
        #[/header]
        #[force-ssl]
        server {
            listen 80;
            server_name example.com;
            return 301 https://$host$request_uri;
        }
        #[/force-ssl]
        server {
            #[main]
            listen 443 ssl;
            root /home/vito/example.com/public;
            log_format odd "}{";
            set $name ${host}x;
            location ~ \.php$ {
                return 404;
            }
            #[/main]
        }
        #[footer]
        #[/footer]

        NGINX;

    public function test_the_line_goes_into_the_block_that_serves_the_site(): void
    {
        $hooked = VhostHook::install(self::VHOST, self::LINE);

        $this->assertSame(1, substr_count($hooked, self::LINE));
        $this->assertStringContainsString(
            "server {\n    #[maintenance-page]\n    ".self::LINE."\n    #[/maintenance-page]\n    #[main]",
            $hooked
        );
    }

    public function test_a_second_time_changes_nothing(): void
    {
        $hooked = VhostHook::install(self::VHOST, self::LINE);

        $this->assertSame($hooked, VhostHook::install($hooked, self::LINE));
    }

    public function test_a_vhost_without_a_site_is_an_error(): void
    {
        $this->expectException(RuntimeException::class);

        VhostHook::install("server {\n    return 301 https://example.com;\n}\n", self::LINE);
    }

    public function test_unbalanced_braces_are_an_error(): void
    {
        $this->expectException(RuntimeException::class);

        VhostHook::install("server {\n    location / {\n}\n", self::LINE);
    }

    public function test_vito_3_needs_its_markers(): void
    {
        $this->assertTrue(VhostHook::survivesSaving(self::VHOST, '3.20.3'));
        $this->assertFalse(VhostHook::survivesSaving("server {\n    root /srv;\n}\n", '3.20.3'));
        $this->assertTrue(VhostHook::survivesSaving("server {\n    root /srv;\n}\n", '4.0.0'));
    }
}
