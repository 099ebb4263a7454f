<?php

use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\NginxChange;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\NginxConfig;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\PageTemplate;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\Settings;
use PHPUnit\Framework\TestCase;

final class NginxConfigTest extends TestCase
{
    public function test_allowed_addresses_end_up_in_the_geo_block(): void
    {
        $http = (new NginxConfig(7))->http(Settings::fromArray(['allow' => '203.0.113.7, 2001:db8::/32']));

        $this->assertStringContainsString(
            "geo \$maintenance_page_site_7 {\n    default 1;\n    203.0.113.7 0;\n    2001:db8::/32 0;\n}\n",
            $http
        );
    }

    public function test_minutes_become_seconds(): void
    {
        $server = (new NginxConfig(7))->server(Settings::fromArray(['retry_after' => '20']));

        $this->assertStringContainsString('add_header Retry-After 1200 always;', $server);
    }

    public function test_the_bypass_link_sets_the_cookie_the_map_asks_for(): void
    {
        $settings = Settings::fromArray([])->withNewBypassKey();
        $config = new NginxConfig(7);

        $this->assertStringContainsString("\"{$settings->bypassKey}\" 1;", $config->http($settings));
        $this->assertStringContainsString("location = /maintenance-bypass/{$settings->bypassKey} {", $config->server($settings));
        $this->assertStringContainsString("maintenance_bypass_7={$settings->bypassKey};", $config->server($settings));
    }

    public function test_a_bypass_key_that_is_none_is_dropped(): void
    {
        $this->assertSame('', Settings::fromArray(['bypass_key' => 'x; return 200'])->bypassKey);
        $this->assertSame('', Settings::fromArray(['bypass_key' => str_repeat('a', 32)."\n"])->bypassKey);
        $this->assertSame(str_repeat('a', 32), Settings::fromArray(['bypass_key' => str_repeat('a', 32)])->bypassKey);
    }

    public function test_texts_are_escaped_in_the_page(): void
    {
        $page = PageTemplate::render(Settings::fromArray(['title' => '<b>Soon</b>', 'message' => '"Grüße" & more']));

        $this->assertStringContainsString('&lt;b&gt;Soon&lt;/b&gt;', $page);
        $this->assertStringContainsString('&quot;Grüße&quot; &amp; more', $page);
        $this->assertStringNotContainsString('<b>', $page);
    }

    public function test_what_goes_to_the_shell_is_plain_text_whatever_the_content(): void
    {
        $script = (new NginxChange)->write('/etc/nginx/conf.d/x.conf', "Grüße'; rm -rf / #\n")->script();

        $this->assertMatchesRegularExpression('/\A[\x0a\x20-\x7e]+\z/', $script);
        $this->assertStringNotContainsString('rm -rf / ', $script);
    }

    public function test_paths_outside_nginx_are_refused(): void
    {
        $this->expectException(InvalidArgumentException::class);

        (new NginxChange)->delete('/etc/nginx/../passwd');
    }
}
