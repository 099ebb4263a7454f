<?php

namespace App\Vito\Plugins\RegenRegistry\DiskWatch\Notifications;

use App\Notifications\AbstractNotification;
use Illuminate\Notifications\Messages\MailMessage;

class DiskNotice extends AbstractNotification
{
    /**
     * @param  list<string>  $raised
     * @param  list<string>  $cleared
     */
    public function __construct(
        protected int $serverId,
        protected string $serverName,
        protected array $raised,
        protected array $cleared,
    ) {}

    public function rawText(): string
    {
        return implode("\n", [$this->subject(), ...$this->lines()]);
    }

    public function toEmail(object $notifiable): MailMessage
    {
        $message = (new MailMessage)->subject($this->subject());

        if ($this->raised !== []) {
            $message->error();
        }
        foreach ($this->lines() as $line) {
            $message->line($line);
        }

        return $message->action(__('Open server'), url('/servers/'.$this->serverId));
    }

    private function subject(): string
    {
        return $this->raised === []
            ? __('The disks of [:server] have room again', ['server' => $this->serverName])
            : __('The disks of [:server] are filling up', ['server' => $this->serverName]);
    }

    /** @return list<string> */
    private function lines(): array
    {
        return [
            ...array_map(static fn (string $line): string => '⚠ '.$line, $this->raised),
            ...array_map(static fn (string $line): string => '✓ '.$line, $this->cleared),
        ];
    }
}
