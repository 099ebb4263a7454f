<?php

use App\Vito\Plugins\RegenRegistry\DiskWatch\Support\Df;
use PHPUnit\Framework\TestCase;

final class DfTest extends TestCase
{
    private const OUTPUT = <<<'TEXT'
        Filesystem         1-blocks        Used   Available Capacity Mounted on
        /dev/vda1       84489170944 59873415168 24598978560      71% /
        /dev/vda15        109395456     6195200   103200256       6% /boot/efi
        /dev/sdb1      105088212992 88274098893 11429617664      89% /var/lib/mysql
        /dev/my disk    10508821299  4202528525  6306292774      40% /srv/my files
        none                      -           -           -        - /proc/broken
        disk-watch:inodes
        Filesystem        Inodes  IUsed    IFree IUse% Mounted on
        /dev/vda1       10485760 912345  9573415    9% /
        /dev/vda15             0      0        0     - /boot/efi
        /dev/sdb1        6553600  12345  6541255    1% /var/lib/mysql
        /dev/my disk      655360 596378    58982   91% /srv/my files

        TEXT;

    public function test_the_fullest_volume_comes_first_whether_by_space_or_by_inodes(): void
    {
        $volumes = Df::parse(self::OUTPUT);

        $this->assertSame(['/srv/my files', '/var/lib/mysql', '/', '/boot/efi'], array_column($volumes, 'mount'));
        $this->assertSame([91, 89, 71, 6], array_map(static fn ($volume): int => $volume->worst(), $volumes));
    }

    public function test_a_volume_describes_itself(): void
    {
        [$files, $mysql] = Df::parse(self::OUTPUT);

        $this->assertSame('/var/lib/mysql 89% used, 10.6 GiB of 97.9 GiB free', $mysql->summary());
        $this->assertSame('/srv/my files 40% used, 5.9 GiB of 9.8 GiB free, 91% of its inodes', $files->summary());
        $this->assertEquals($files, $files::fromArray($files->toArray()));
    }

    public function test_garbage_is_no_volume(): void
    {
        $this->assertSame([], Df::parse(''));
        $this->assertSame([], Df::parse("df: invalid option\n"));
    }
}
