<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Support;

use InvalidArgumentException;
use Stringable;

/**
 * Addresses and networks that get past the maintenance page.
 */
final class AllowList implements Stringable
{
    /** @param list<string> $entries */
    private function __construct(public readonly array $entries) {}

    /**
     * Reads a list separated by commas, semicolons or white space.
     *
     * @throws InvalidArgumentException with a message fit for the form
     */
    public static function parse(?string $text): self
    {
        $words = preg_split('/[\s,;]+/', (string) $text, -1, PREG_SPLIT_NO_EMPTY) ?: [];

        return new self(array_values(array_unique(array_map(self::entry(...), $words))));
    }

    public function __toString(): string
    {
        return implode(', ', $this->entries);
    }

    private static function entry(string $word): string
    {
        [$address, $prefix] = explode('/', $word, 2) + [1 => null];

        $packed = filter_var($address, FILTER_VALIDATE_IP) === false ? false : inet_pton($address);
        if ($packed === false) {
            throw new InvalidArgumentException("\"{$word}\" is not an IP address or CIDR range.");
        }

        // inet_ntop() gives the canonical spelling, so equal entries compare equal.
        $address = (string) inet_ntop($packed);
        if ($prefix === null) {
            return $address;
        }

        $bits = strlen($packed) * 8;
        if (! preg_match('/^[0-9]{1,3}$/', $prefix) || (int) $prefix > $bits) {
            throw new InvalidArgumentException("The prefix of \"{$word}\" must be a number from 1 to {$bits}.");
        }
        if ((int) $prefix === 0) {
            throw new InvalidArgumentException("\"{$word}\" would let everybody in.");
        }

        return $address.'/'.(int) $prefix;
    }
}
