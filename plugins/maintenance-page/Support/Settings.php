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
    ) {}

    /** @param array<string, mixed> $data */
    public static function fromArray(array $data): self
    {
        return new self(
            title: (string) ($data['title'] ?? 'We will be right back'),
            message: (string) ($data['message'] ?? 'This site is being maintained. Please try again in a few minutes.'),
            retryAfter: (int) ($data['retry_after'] ?? 15),
            allow: AllowList::parse($data['allow'] ?? null),
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
        ];
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
