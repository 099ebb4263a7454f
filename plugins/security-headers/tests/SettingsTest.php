<?php

use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\NginxConfig;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\Settings;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    public function test_the_defaults_are_harmless(): void
    {
        $this->assertSame(
            ['Referrer-Policy', 'Permissions-Policy'],
            array_keys(Settings::fromArray([])->headers())
        );
    }

    public function test_everything_off_sends_nothing(): void
    {
        $settings = Settings::fromArray(['hsts' => 'off', 'referrer_policy' => 'off', 'permissions_policy' => null, 'csp' => null]);

        $this->assertSame([], $settings->headers());
    }

    public function test_hsts_is_put_together(): void
    {
        $settings = Settings::fromArray(['hsts' => '1 year', 'hsts_subdomains' => true, 'hsts_preload' => true]);

        $this->assertSame(
            'max-age=31536000; includeSubDomains; preload',
            $settings->headers()['Strict-Transport-Security']
        );
    }

    public function test_hsts_goes_through_a_map_so_that_plain_http_stays_without(): void
    {
        $settings = Settings::fromArray(['hsts' => '1 week']);
        $config = new NginxConfig(7);

        $this->assertStringContainsString('on "max-age=604800";', $config->http($settings));
        $this->assertStringContainsString(
            'add_header Strict-Transport-Security $security_headers_hsts_site_7 always;',
            $config->server($settings)
        );
    }

    public function test_a_policy_can_be_tried_without_enforcing_it(): void
    {
        $headers = Settings::fromArray(['csp' => "default-src 'self'", 'csp_mode' => 'report only'])->headers();

        $this->assertSame("default-src 'self'", $headers['Content-Security-Policy-Report-Only']);
        $this->assertArrayNotHasKey('Content-Security-Policy', $headers);
    }

    public function test_settings_survive_being_stored(): void
    {
        $data = Settings::fromArray(['hsts' => '1 week', 'csp' => " default-src 'self' "])->toArray();

        $this->assertSame($data, Settings::fromArray($data)->toArray());
        $this->assertSame("default-src 'self'", $data['csp']);
    }

    public function test_preloading_has_conditions(): void
    {
        $failed = static function (array $input): bool {
            $failed = false;
            Settings::preloadRule($input)('hsts_preload', $input['hsts_preload'], function () use (&$failed): void {
                $failed = true;
            });

            return $failed;
        };

        $this->assertTrue($failed(['hsts' => '1 week', 'hsts_subdomains' => true, 'hsts_preload' => true]));
        $this->assertTrue($failed(['hsts' => '2 years', 'hsts_subdomains' => false, 'hsts_preload' => true]));
        $this->assertFalse($failed(['hsts' => '2 years', 'hsts_subdomains' => true, 'hsts_preload' => true]));
        $this->assertFalse($failed(['hsts' => 'off', 'hsts_preload' => false]));
    }

    public function test_quotes_are_escaped_for_nginx(): void
    {
        $config = (new NginxConfig(7))->server(
            Settings::fromArray(['permissions_policy' => 'fullscreen=(self "https://example.com")'])
        );

        $this->assertStringContainsString(
            'add_header Permissions-Policy "fullscreen=(self \"https://example.com\")" always;',
            $config
        );
    }
}
