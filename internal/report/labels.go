package report

// look is how a label is shown.
type look struct{ colour, text string }

// looks are those of the gate's labels.
var looks = map[string]look{
	"regen/pass":         {"0e8a16", "The gate found nothing"},
	"regen/needs-review": {"fbca04", "Somebody has to look at what the gate found"},
	"regen/fail":         {"d73a4a", "It can't be merged as it is"},
	"regen/new-package":  {"c5def5", "A package that is new"},
	"regen/release":      {"c5def5", "Another version of a package"},
	"regen/upkeep":       {"c5def5", "Changes a package, and releases nothing"},
	"regen/removal":      {"c5def5", "A package goes"},
	"regen/tooling":      {"c5def5", "Changes files outside of packages"},
	"regen/needs-owner":  {"f9d0c4", "The approval of an owner is missing"},
	"regen/first-time":   {"f9d0c4", "The author's first change here"},
	"regen/permissions":  {"f9d0c4", "Asks for more permissions"},
	"regen/network":      {"f9d0c4", "Names hosts that weren't named before"},
	"regen/binary":       {"f9d0c4", "Brings files that aren't text"},
	"regen/owners":       {"f9d0c4", "Changes who may change a package"},
}

func lookOf(label string) look {
	if l, ok := looks[label]; ok {
		return l
	}
	return look{colour: "ededed"}
}
