<?php

use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\CleanUpPlan;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\CleanUpResult;
use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Settings;
use PHPUnit\Framework\TestCase;

final class CleanUpTest extends TestCase
{
    public function test_only_what_was_chosen_is_done(): void
    {
        $script = CleanUpPlan::fromArray(['package_cache' => true, 'journal_days' => '7', 'log_days' => '0'])->script();

        $this->assertStringContainsString('apt-get -q clean', $script);
        $this->assertStringContainsString('journalctl --vacuum-time=7d', $script);
        $this->assertStringNotContainsString('autoremove', $script);
        $this->assertStringNotContainsString('find /var/log', $script);
    }

    public function test_numbers_are_all_that_reaches_the_script(): void
    {
        $script = CleanUpPlan::fromArray(['journal_days' => '7; reboot', 'log_days' => '-5'])->script();

        $this->assertStringContainsString('--vacuum-time=7d ', $script);
        $this->assertStringNotContainsString('reboot', $script);
        $this->assertStringNotContainsString('find', $script);
    }

    public function test_choosing_nothing_is_noticed(): void
    {
        $this->assertTrue(CleanUpPlan::fromArray([])->empty());
        $this->assertFalse((new CleanUpPlan)->empty());
    }

    public function test_the_result_is_read_from_the_output(): void
    {
        $result = CleanUpResult::parse(
            "disk-watch:before=1000000000\n> journal\ndisk-watch:failed=unused packages\ndisk-watch:after=2500000000\n"
        );

        $this->assertSame(1_500_000_000, $result->freed);
        $this->assertSame(
            'The clean-up freed 1.4 GiB. Not everything worked: unused packages. See the logs of the server.',
            $result->summary()
        );
        $this->assertSame('There was nothing to clean up.', CleanUpResult::parse('')->summary());
    }

    public function test_mount_points_can_be_ignored_by_pattern(): void
    {
        $settings = Settings::fromArray(['ignore' => '/boot/efi, /snap/*']);

        $this->assertTrue($settings->ignores('/boot/efi'));
        $this->assertTrue($settings->ignores('/snap/core/123'));
        $this->assertFalse($settings->ignores('/boot'));
        $this->assertFalse($settings->ignores('/'));
    }
}
