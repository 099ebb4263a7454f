<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Actions;

use App\DTOs\DynamicField;
use App\Vito\Plugins\RegenRegistry\MaintenancePage\MaintenanceMode;

/**
 * The fields Enable and Edit have in common.
 */
trait AsksForSettings
{
    /** @return list<DynamicField> */
    private function settingsFields(): array
    {
        $last = (new MaintenanceMode($this->site))->lastSettings();

        return [
            DynamicField::make('title')
                ->text()
                ->label('Headline')
                ->default($last->title),
            DynamicField::make('message')
                ->text()
                ->label('Message')
                ->default($last->message),
            DynamicField::make('allow')
                ->text()
                ->label('Allowed addresses')
                ->placeholder('203.0.113.7, 2001:db8::/48')
                ->default((string) $last->allow)
                ->description('IP addresses or CIDR ranges that still reach the site. Yours seems to be '.request()->ip().'.'),
            DynamicField::make('retry_after')
                ->text()
                ->label('Expected minutes')
                ->default((string) $last->retryAfter)
                ->description('Sent as Retry-After, which asks search engines to come back later.'),
        ];
    }
}
