<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Support;

/**
 * A mounted file system and how full it is.
 */
final class Volume
{
    public function __construct(
        public readonly string $mount,
        public readonly int $size,
        public readonly int $available,
        public readonly int $percent,
        public readonly int $inodePercent = 0,
    ) {}

    /** Space or inodes: whichever runs out first stops the server. */
    public function worst(): int
    {
        return max($this->percent, $this->inodePercent);
    }

    public function summary(): string
    {
        $text = "{$this->mount} {$this->percent}% used, ".Bytes::format($this->available).' of '.Bytes::format($this->size).' free';

        return $this->inodePercent > $this->percent
            ? "{$text}, {$this->inodePercent}% of its inodes"
            : $text;
    }

    /** @param array<string, mixed> $data */
    public static function fromArray(array $data): self
    {
        return new self(
            mount: (string) ($data['mount'] ?? '?'),
            size: (int) ($data['size'] ?? 0),
            available: (int) ($data['available'] ?? 0),
            percent: (int) ($data['percent'] ?? 0),
            inodePercent: (int) ($data['inode_percent'] ?? 0),
        );
    }

    /** @return array<string, int|string> */
    public function toArray(): array
    {
        return [
            'mount' => $this->mount,
            'size' => $this->size,
            'available' => $this->available,
            'percent' => $this->percent,
            'inode_percent' => $this->inodePercent,
        ];
    }
}
