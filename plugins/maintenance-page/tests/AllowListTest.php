<?php

use App\Vito\Plugins\RegenRegistry\MaintenancePage\Support\AllowList;
use PHPUnit\Framework\TestCase;

final class AllowListTest extends TestCase
{
    public function test_it_reads_addresses_and_ranges(): void
    {
        $list = AllowList::parse("203.0.113.7, 198.51.100.0/24;\n2001:DB8:0::/48 203.0.113.7");

        $this->assertSame(['203.0.113.7', '198.51.100.0/24', '2001:db8::/48'], $list->entries);
    }

    public function test_nothing_is_a_list_too(): void
    {
        $this->assertSame([], AllowList::parse(null)->entries);
        $this->assertSame([], AllowList::parse(' , ')->entries);
    }

    /** @dataProvider nonsense */
    public function test_it_refuses_everything_else(string $entry): void
    {
        $this->expectException(InvalidArgumentException::class);

        AllowList::parse($entry);
    }

    /** @return array<string, array{string}> */
    public static function nonsense(): array
    {
        return [
            'a name' => ['office.example.com'],
            'an octet too large' => ['203.0.113.300'],
            'a prefix too long' => ['203.0.113.0/33'],
            'everybody' => ['0.0.0.0/0'],
            'an empty prefix' => ['203.0.113.0/'],
            'nginx syntax' => ['127.0.0.1{}'],
            'a shell command' => ['127.0.0.1/$(id)'],
        ];
    }
}
