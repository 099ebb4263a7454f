<?php

namespace App\Vito\Plugins\RegenRegistry\SecurityHeaders\Support;

/**
 * What became of the headers on their way out.
 */
final class Report
{
    /**
     * @param  list<string>  $fine
     * @param  array<string, string>  $problems  by name of the header
     */
    private function __construct(
        public readonly array $fine,
        public readonly array $problems,
    ) {}

    /**
     * @param  array<string, string>  $expected
     * @param  array<string, list<string>>  $received  by name in lower case
     */
    public static function compare(array $expected, array $received, bool $https): self
    {
        $fine = $problems = [];

        foreach ($expected as $name => $value) {
            $values = $received[strtolower($name)] ?? [];

            if ($name === 'Strict-Transport-Security' && ! $https) {
                $problems[$name] = 'waits for HTTPS';
            } elseif ($values === []) {
                $problems[$name] = 'is missing';
            } elseif (count($values) > 1) {
                $problems[$name] = 'is sent '.count($values).' times, probably by the application as well';
            } elseif ($values[0] !== $value) {
                $problems[$name] = 'has another value';
            } else {
                $fine[] = $name;
            }
        }

        return new self($fine, $problems);
    }

    public function clean(): bool
    {
        return $this->problems === [];
    }

    public function summary(): string
    {
        $total = count($this->fine) + count($this->problems);
        $summary = count($this->fine)." of {$total} headers arrive as they should.";

        foreach ($this->problems as $name => $problem) {
            $summary .= " {$name} {$problem}.";
        }

        return $summary;
    }
}
