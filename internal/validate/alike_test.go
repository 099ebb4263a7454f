package validate

import "testing"

// Whether two ids look alike doesn't depend on what stands beside the characters that do.
func TestSkeleton(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"alpha", "a1pha", true},
		{"clock", "c1ock", true}, // and both are like dock
		{"clock", "dock", true},
		{"barn", "bar-n", true},
		{"barn", "bam", true},
		{"view", "vievv", true},
		{"view", "viev-v", true},
		{"clock", "block", false},
		{"barn", "bran", false},
		{"view", "viev", false},
	} {
		if same := skeleton(c.a) == skeleton(c.b); same != c.same {
			t.Errorf("%s and %s: alike is %v, expected %v (%s, %s)", c.a, c.b, same, c.same, skeleton(c.a), skeleton(c.b))
		}
	}
}
