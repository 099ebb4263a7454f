package wire

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckID(t *testing.T) {
	for _, id := range []string{"a", "0", "clock", "a-b", "a--b", "org.example.clock", "a.0", "console", "com", "com10", "x.con", "lpt", "nul-x",
		strings.Repeat("a", MaxID)} {
		if err := CheckID(id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, id := range []string{"", "A", "Clock", "-a", "a-", "a.-b", "a-.b", ".a", "a.", "a..b", "a_b", "a b", "a/b", `a\b`, "ä", "a\x00", "a\n", "..", ".",
		"con", "nul", "prn", "aux", "com0", "com1", "lpt9", "con.x", "aux.a.b", "a\xff", "%41", strings.Repeat("a", MaxID+1)} {
		if err := CheckID(id); err == nil {
			t.Errorf("%q is taken for an id", id)
		}
	}
}

// An id never needs escaping in a path or in a statement.
func TestCheckIDHasNoSpecialCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z0-9.-]{1,130}`)).Draw(t, "id")
		if CheckID(id) == nil && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			t.Fatalf("%q is taken for an id", id)
		}
	})
}

func TestCheckVersion(t *testing.T) {
	for _, v := range []string{"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x.7.z.92", "1.0.0-x-y-z.--", "1.0.0--",
		"999999999999999.0.0", "1.0.0-999999999999999", "1.0.0-0a1", "1.0.0-1234567890123456a"} {
		if err := CheckVersion(v); err != nil {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range []string{"", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.02.3", "1.2.03", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3-.a", "1.2.3+b", "1.2.3-a+b",
		"1.2.3-RC.1", "1.2.3 ", " 1.2.3", "1.2.x", "-1.2.3", "1.2.3-ä", "1.2.3-a/b", "1.2.3\n", "1,2,3", "١.٢.٣",
		"1000000000000000.0.0", "0.0.1000000000000000", "1.0.0-1000000000000000", "18446744073709551616.0.0", "1.0.0-a.18446744073709551616",
		"1.0.0-" + strings.Repeat("a", 59)} {
		if err := CheckVersion(v); err == nil {
			t.Errorf("%q is taken for a version", v)
		}
	}
}

// semver.org, section 11.
func TestCompareVersions(t *testing.T) {
	order := []string{"", "not a version", "0.0.0-0", "0.0.0", "0.9.9", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-999999999999999", "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1",
		"1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-beta11", "1.0.0-beta2", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0-a", "2.0.0", "999999999999999.0.0"}
	for i, a := range order {
		for j, b := range order {
			got := CompareVersions(a, b)
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%q and %q compare as %d", a, b, got)
			}
		}
	}
}

// Two versions of equal precedence are the same string, and the order is total.
func TestCompareVersionsTotal(t *testing.T) {
	version := rapid.StringMatching(`[0-3]\.[0-3]\.[0-3](-([0-9]{1,17}|[a-c-]{1,3}|rc)(\.([0-9]{1,3}|[ab]))?)?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := version.Draw(t, "a"), version.Draw(t, "b"), version.Draw(t, "c")
		if CheckVersion(a) != nil || CheckVersion(b) != nil || CheckVersion(c) != nil {
			t.Skip()
		}
		if (CompareVersions(a, b) == 0) != (a == b) {
			t.Fatalf("%s and %s have equal precedence", a, b)
		}
		if CompareVersions(a, b) != -CompareVersions(b, a) {
			t.Fatalf("%s and %s each come first", a, b)
		}
		if CompareVersions(a, b) < 0 && CompareVersions(b, c) < 0 && CompareVersions(a, c) >= 0 {
			t.Fatalf("%s < %s < %s, but not the first before the last", a, b, c)
		}
	})
}

func TestChannelOf(t *testing.T) {
	for version, want := range map[string]string{
		"1.0.0": "stable", "1.0.0-rc": "rc", "1.0.0-rc.1": "rc", "1.0.0-rc1": "rc", "1.0.0-rc-2": "rc", "1.0.0-beta.1.2": "beta", "1.0.0-alpha": "alpha", "1.0.0-alpha7": "alpha",
		"1.0.0-dev": "preview", "1.0.0-0": "preview", "1.0.0-1.rc": "preview", "1.0.0-rcx": "preview", "1.0.0-nightly.beta": "preview", "1.0.0--": "preview", "1.0.0-stable": "preview",
	} {
		if got := ChannelOf(version); got != want {
			t.Errorf("%s is on %s, expected %s", version, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringMatching(`1\.0\.0(-[a-z0-9-]{1,8}(\.[a-z0-9-]{1,3})?)?`).Draw(t, "version")
		if got := ChannelOf(v); !slices.Contains(Channels, got) || (got == Stable) != !strings.Contains(v, "-") {
			t.Fatalf("%s is on %s", v, got)
		}
	})
}

func TestCheckSHA256(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	if err := CheckSHA256(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", good[1:], good + "0", strings.ToUpper(good), good[:63] + "g", good[:63] + "\n", good[:62] + "é"} {
		if CheckSHA256(bad) == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}
