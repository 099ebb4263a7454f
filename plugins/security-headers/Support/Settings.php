<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

use Closure;

/**
 * What the form asks for, and the headers that follow from it.
 */
final class Settings
{
    public const OFF = 'off';

    public const HSTS_AGES = [
        self::OFF => 0,
        '1 week' => 604_800,
        '6 months' => 15_768_000,
        '1 year' => 31_536_000,
        '2 years' => 63_072_000,
    ];

    public const CSP_MODES = ['enforce', 'report only'];

    public const OPENER_POLICIES = [
        self::OFF,
        'same-origin',
        'same-origin-allow-popups',
        'noopener-allow-popups',
    ];

    public const RESOURCE_POLICIES = [
        self::OFF,
        'same-origin',
        'same-site',
        'cross-origin',
    ];

    public const REFERRER_POLICIES = [
        self::OFF,
        'no-referrer',
        'same-origin',
        'strict-origin',
        'strict-origin-when-cross-origin',
    ];

    public function __construct(
        public readonly string $hsts = self::OFF,
        public readonly bool $hstsSubdomains = false,
        public readonly bool $hstsPreload = false,
        public readonly string $referrerPolicy = 'strict-origin-when-cross-origin',
        public readonly string $permissionsPolicy = 'camera=(), geolocation=(), microphone=()',
        public readonly string $csp = '',
        public readonly string $cspMode = 'enforce',
        public readonly string $openerPolicy = self::OFF,
        public readonly string $resourcePolicy = self::OFF,
    ) {}

    /** @param array<string, mixed> $data */
    public static function fromArray(array $data): self
    {
        if ($data === []) {
            return new self;
        }

        return new self(
            hsts: (string) ($data['hsts'] ?? self::OFF),
            hstsSubdomains: (bool) ($data['hsts_subdomains'] ?? false),
            hstsPreload: (bool) ($data['hsts_preload'] ?? false),
            referrerPolicy: (string) ($data['referrer_policy'] ?? self::OFF),
            permissionsPolicy: trim((string) ($data['permissions_policy'] ?? '')),
            csp: trim((string) ($data['csp'] ?? '')),
            cspMode: (string) ($data['csp_mode'] ?? 'enforce'),
            openerPolicy: (string) ($data['opener_policy'] ?? self::OFF),
            resourcePolicy: (string) ($data['resource_policy'] ?? self::OFF),
        );
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        return [
            'hsts' => $this->hsts,
            'hsts_subdomains' => $this->hstsSubdomains,
            'hsts_preload' => $this->hstsPreload,
            'referrer_policy' => $this->referrerPolicy,
            'permissions_policy' => $this->permissionsPolicy,
            'csp' => $this->csp,
            'csp_mode' => $this->cspMode,
            'opener_policy' => $this->openerPolicy,
            'resource_policy' => $this->resourcePolicy,
        ];
    }

    /** @return array<string, string> value by name of the header */
    public function headers(): array
    {
        $age = self::HSTS_AGES[$this->hsts] ?? 0;
        $hsts = $age === 0 ? '' : "max-age={$age}"
            .($this->hstsSubdomains ? '; includeSubDomains' : '')
            .($this->hstsPreload ? '; preload' : '');

        return array_filter([
            'Strict-Transport-Security' => $hsts,
            'Referrer-Policy' => $this->referrerPolicy === self::OFF ? '' : $this->referrerPolicy,
            'Permissions-Policy' => $this->permissionsPolicy,
            $this->cspMode === 'enforce'
                ? 'Content-Security-Policy'
                : 'Content-Security-Policy-Report-Only' => $this->csp,
            'Cross-Origin-Opener-Policy' => $this->openerPolicy === self::OFF ? '' : $this->openerPolicy,
            'Cross-Origin-Resource-Policy' => $this->resourcePolicy === self::OFF ? '' : $this->resourcePolicy,
        ], static fn (string $value): bool => $value !== '');
    }

    /**
     * @param  array<string, mixed>  $input
     * @return array<string, list<mixed>>
     */
    public static function rules(array $input): array
    {
        return [
            'hsts' => ['required', 'in:'.implode(',', array_keys(self::HSTS_AGES))],
            'hsts_subdomains' => ['nullable', 'boolean'],
            'hsts_preload' => ['nullable', 'boolean', self::preloadRule($input)],
            'referrer_policy' => ['required', 'in:'.implode(',', self::REFERRER_POLICIES)],
            'permissions_policy' => ['nullable', 'string', 'max:2000', self::rule(PermissionsPolicy::problem(...))],
            'csp' => ['nullable', 'string', 'max:3500', self::rule(ContentSecurityPolicy::problem(...))],
            'csp_mode' => ['required', 'in:'.implode(',', self::CSP_MODES)],
            'opener_policy' => ['required', 'in:'.implode(',', self::OPENER_POLICIES)],
            'resource_policy' => ['required', 'in:'.implode(',', self::RESOURCE_POLICIES)],
        ];
    }

    /** @param array<string, mixed> $input */
    public static function preloadRule(array $input): Closure
    {
        return static function (string $attribute, mixed $value, Closure $fail) use ($input): void {
            $age = self::HSTS_AGES[(string) ($input['hsts'] ?? '')] ?? 0;

            if ($value && ($age < self::HSTS_AGES['1 year'] || ! ($input['hsts_subdomains'] ?? false))) {
                $fail('Preloading needs a year or more, and all subdomains included.');
            }
        };
    }

    /** @param Closure(string): ?string $problem */
    private static function rule(Closure $problem): Closure
    {
        return static function (string $attribute, mixed $value, Closure $fail) use ($problem): void {
            $found = $problem(trim((string) $value));

            if ($found !== null) {
                $fail($found);
            }
        };
    }
}
