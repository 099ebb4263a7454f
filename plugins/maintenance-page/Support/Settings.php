<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Support;

use Closure;
use InvalidArgumentException;

/**
 * What the form asks for.
 */
final class Settings
{
    public function __construct(
        public readonly string $title,
        public readonly string $message,
        public readonly int $retryAfter,
        public readonly AllowList $allow,
        public readonly string $bypassKey = '',
    ) {}

    /** @param array<string, mixed> $data */
    public static function fromArray(array $data): self
    {
        $key = (string) ($data['bypass_key'] ?? '');

        return new self(
            title: (string) ($data['title'] ?? 'We will be right back'),
            message: (string) ($data['message'] ?? 'This site is being maintained. Please try again in a few minutes.'),
            retryAfter: (int) ($data['retry_after'] ?? 15),
            allow: AllowList::parse($data['allow'] ?? null),
            bypassKey: preg_match('/^[0-9a-f]{32}$/D', $key) === 1 ? $key : '',
        );
    }

    /** @return array<string, mixed> */
    public function toArray(): array
    {
        return [
            'title' => $this->title,
            'message' => $this->message,
            'retry_after' => $this->retryAfter,
            'allow' => (string) $this->allow,
            'bypass_key' => $this->bypassKey,
        ];
    }

    public function withNewBypassKey(): self
    {
        return $this->withBypassKey(bin2hex(random_bytes(16)));
    }

    public function withBypassKey(string $key): self
    {
        return new self($this->title, $this->message, $this->retryAfter, $this->allow, $key);
    }

    /** @return array<string, list<mixed>> */
    public static function rules(): array
    {
        return [
            'title' => ['required', 'string', 'max:80'],
            'message' => ['required', 'string', 'max:500'],
            'retry_after' => ['required', 'integer', 'between:1,1440'],
            'allow' => ['nullable', 'string', 'max:4000', self::allowRule()],
        ];
    }

    private static function allowRule(): Closure
    {
        return static function (string $attribute, mixed $value, Closure $fail): void {
            try {
                AllowList::parse((string) $value);
            } catch (InvalidArgumentException $e) {
                $fail($e->getMessage());
            }
        };
    }
}
