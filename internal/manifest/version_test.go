package manifest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regen-registry/regen/internal/shape"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wire"
)

// The schemas take the versions and ids that wire takes, so that nothing is published that devices refuse, and nothing is refused without a finding. Names of
// devices alone are more than a pattern can say.
func TestSchemasAndWireAgree(t *testing.T) {
	fits := func(key, s string) bool {
		v := &strictjson.Value{Kind: strictjson.Object, Members: []strictjson.Member{{Key: key, Value: &strictjson.Value{Kind: strictjson.String, String: s}}}}
		return len(shape.Check("regen", SidecarFile, v)) == 0
	}
	version := func(t interface{ Errorf(string, ...any) }, s string) {
		if got, want := fits("version", s), wire.CheckVersion(s) == nil; got != want {
			t.Errorf("the schema takes version %q: %v; wire: %v", s, got, want)
		}
	}
	id := func(t interface{ Errorf(string, ...any) }, s string) {
		err := wire.CheckID(s)
		if got, want := fits("id", s), err == nil || strings.Contains(err.Error(), "device"); got != want {
			t.Errorf("the schema takes id %q: %v; wire: %v", s, got, err)
		}
	}
	for _, s := range []string{
		"1.0.0", "0.0.0", "1.0", "1", "", "v1.0.0", "1.0.0+build", "1.0.0-", "1.0.0-a..b", "1.0.0-01", "1.0.0-0a", "1.0.0--", "1.0.0-RC.1", "1.0.0-0", "01.0.0", "1.0.0-a-b.-", "1.0.0\n", " 1.0.0",
		"999999999999999.0.0", "1000000000000000.0.0", "1.0.0-999999999999999", "1.0.0-1000000000000000", "1.0.0-1000000000000000a", "1.0.0-" + strings.Repeat("a", 58), "1.0.0-" + strings.Repeat("a", 59), "1.0.0-é",
	} {
		version(t, s)
	}
	for _, s := range []string{"a", "a.b-c", "", "A", "-a", "a-", "a..b", ".a", "a.", "con", "con.a", "a.con", "a_b", "é", strings.Repeat("a", 128), strings.Repeat("a", 129)} {
		id(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		version(t, rapid.StringMatching(`[0-9]{1,2}\.[0-9]{1,16}\.[0-9](-[0-9a-zA-Z.-]{0,8}(\.[0-9]{1,17})?)?(\+a)?`).Draw(t, "version"))
		id(t, rapid.StringMatching(`[a-z0-9.-]{0,6}[A-Za-z0-9_.-]{0,3}`).Draw(t, "id"))
	})
}
