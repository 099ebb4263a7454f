<?php

namespace App\Vito\Plugins\RegenRegistry\MaintenancePage\Support;

use InvalidArgumentException;

/**
 * A set of nginx files to write or delete as one step: either nginx accepts
 * all of it, or every file is put back as it was.
 */
final class NginxChange
{
    /** @var array<string, ?string> content by path, null to delete */
    private array $files = [];

    /** @var list<string> */
    private array $directories = [];

    public function write(string $path, string $content): self
    {
        $this->files[self::checked($path)] = $content;

        return $this;
    }

    public function delete(string $path): self
    {
        $this->files[self::checked($path)] = null;

        return $this;
    }

    /** Removes a directory afterwards, if nothing is left in it. */
    public function tidy(string $directory): self
    {
        $this->directories[] = self::checked($directory);

        return $this;
    }

    /** The command to run on the server, as a user who may use sudo. */
    public function command(): string
    {
        return 'sudo bash -c '.escapeshellarg($this->script());
    }

    /** Plain ASCII whatever the files contain, which keeps escapeshellarg() lossless. */
    public function script(): string
    {
        $save = $restore = $change = [];

        foreach (array_keys($this->files) as $number => $path) {
            $file = escapeshellarg($path);
            $copy = '"$saved/'.$number.'"';

            $save[] = "[ ! -e {$file} ] || cp -p {$file} {$copy}";
            $restore[] = "    if [ -e {$copy} ]; then cp -p {$copy} {$file}; else rm -f {$file}; fi";

            $content = $this->files[$path];
            if ($content === null) {
                $change[] = "rm -f {$file}";
            } else {
                $change[] = 'install -d -m 0755 '.escapeshellarg(dirname($path));
                $change[] = 'printf %s '.escapeshellarg(base64_encode($content))." | base64 -d > {$file}";
                $change[] = "chmod 0644 {$file}";
            }
        }

        return implode("\n", [
            'set -eu',
            'done=0',
            'saved=$(mktemp -d)',
            'restore() {',
            ...$restore,
            '}',
            'finish() {',
            '    code=$?',
            '    if [ "$done" = 0 ]; then',
            '        restore',
            '        echo "nginx did not accept the change; the previous files are back in place."',
            '    fi',
            '    rm -rf "$saved"',
            '    exit "$code"',
            '}',
            ...$save,
            'trap finish EXIT',
            ...$change,
            'nginx -t 2>&1',
            'if systemctl is-active --quiet nginx; then systemctl reload nginx; fi',
            'done=1',
            ...array_map(
                static fn (string $directory): string => 'rmdir '.escapeshellarg($directory).' 2>/dev/null || true',
                $this->directories
            ),
        ])."\n";
    }

    private static function checked(string $path): string
    {
        if (! preg_match('#^/etc/nginx(/[a-z0-9][a-z0-9._-]*)+$#', $path)) {
            throw new InvalidArgumentException("\"{$path}\" is not a path this plugin may touch.");
        }

        return $path;
    }
}
