package wire

import (
	"maps"
	"slices"
	"strconv"
)

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
