package manifest

import (
	"slices"

	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/strictjson"
	"github.com/regen-registry/regen/internal/wording"
)

// defaultPermissions are those that packages may ask for where the registry doesn't say: those that Mosis devices know.
var defaultPermissions = []string{"storage", "network", "clipboard", "notifications", "camera", "microphone", "location", "contacts"}

// permissions checks what the manifest asks for.
func (s *source) permissions(asked, known []string) {
	s.permissionsIn(s.name, s.top.Get("permissions"), asked, known)
}

// permissionsIn checks what a package may do on its host: an unknown permission is an error, and a dangerous one is for somebody to review. Where nil is known, any
// may be asked for.
func (s *source) permissionsIn(name string, list *strictjson.Value, asked, known []string) {
	for i, permission := range asked {
		at := item(list, i)
		if at == nil || s.found(name, at.Pos) {
			continue // the schema has told
		}
		switch {
		case known != nil && !slices.Contains(known, permission):
			hint := "ask the registry's maintainers to take it into permissions.known"
			if near := wording.Nearest(permission, known); near != "" {
				hint = "did you mean " + wording.Quote(near) + "?"
			}
			s.add(check.Error, name, at.Pos, "permissions/unknown", hint, "there is no permission %s, expected %s", wording.Quote(permission), wording.List(known))
		case slices.Contains(s.env.Dangerous, permission):
			s.add(check.Warning, name, at.Pos, "permissions/dangerous", "say in the pull request what it is needed for", "the package asks for %s, which somebody has to review", wording.Quote(permission))
		}
	}
}
