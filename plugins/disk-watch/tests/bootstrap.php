<?php

// The classes under Support need nothing of Vito, so neither do their tests.
spl_autoload_register(static function (string $class): void {
    $prefix = 'App\\Vito\\Plugins\\RegenRegistry\\DiskWatch\\';

    if (str_starts_with($class, $prefix)) {
        require dirname(__DIR__).'/'.str_replace('\\', '/', substr($class, strlen($prefix))).'.php';
    }
});
