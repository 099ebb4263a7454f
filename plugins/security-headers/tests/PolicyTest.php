<?php

use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\ContentSecurityPolicy;
use App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support\PermissionsPolicy;
use PHPUnit\Framework\TestCase;

final class PolicyTest extends TestCase
{
    /** @dataProvider goodContentPolicies */
    public function test_good_content_policies_pass(string $policy): void
    {
        $this->assertNull(ContentSecurityPolicy::problem($policy));
    }

    /** @return list<array{string}> */
    public static function goodContentPolicies(): array
    {
        return [
            [''],
            ["default-src 'self'"],
            ["default-src 'self'; img-src * data:; frame-ancestors 'none'; upgrade-insecure-requests;"],
            ["script-src 'self' https://cdn.example.com 'sha256-abc='; report-uri /csp"],
        ];
    }

    /** @dataProvider badContentPolicies */
    public function test_bad_content_policies_are_explained(string $policy, string $expected): void
    {
        $this->assertStringContainsString($expected, (string) ContentSecurityPolicy::problem($policy));
    }

    /** @return list<array{string, string}> */
    public static function badContentPolicies(): array
    {
        return [
            ["scirpt-src 'self'", 'no directive "scirpt-src"'],
            ['default-src self', 'single quotes'],
            ["img-src 'self'; img-src *", 'twice'],
            ["object-src 'none' https://example.com", 'stand alone'],
            ["script-src 'nonce-abc'", 'nonce'],
            ['default-src $host', 'plain ASCII'],
            ["default-src 'self'\nX-Evil: 1", 'plain ASCII'],
            ['default-src "self"', 'plain ASCII'],
        ];
    }

    /** @dataProvider permissionPolicies */
    public function test_permissions_policies(string $policy, bool $good): void
    {
        $this->assertSame($good, PermissionsPolicy::problem($policy) === null, $policy);
    }

    /** @return list<array{string, bool}> */
    public static function permissionPolicies(): array
    {
        return [
            ['', true],
            ['camera=(), microphone=(), geolocation=(self)', true],
            ['fullscreen=(self "https://example.com"), autoplay=*', true],
            ["camera 'none'", false],
            ['camera=()camera=()', false],
            ['camera=(), camera=*', false],
            ['camera=("$host")', false],
            ["camera=(),\ngeolocation=()", false],
        ];
    }
}
