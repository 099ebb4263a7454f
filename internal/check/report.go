package check

import (
	"fmt"
	"strings"
)

// A Package is what was found in one package, or in the registry's configuration: then the directory is ".", and there is no id.
type Package struct {
	ID       string   `json:"id"`
	Dir      string   `json:"dir"`               // slash-separated, from the top of the repo
	Format   string   `json:"format,omitempty"`  // where it is known
	Version  string   `json:"version,omitempty"` // where it is known
	Findings Findings `json:"findings"`
}

// A Report is what was found in all packages that were looked at.
type Report struct {
	Packages []Package `json:"packages"` // clean ones included
	Errors   int       `json:"errors"`
	Warnings int       `json:"warnings"`
	Notices  int       `json:"notices"`
}

// NewReport counts what was found.
func NewReport(packages []Package) Report {
	r := Report{Packages: packages}
	for _, p := range packages {
		for _, f := range p.Findings {
			switch f.Severity {
			case Error:
				r.Errors++
			case Warning:
				r.Warnings++
			default:
				r.Notices++
			}
		}
	}
	return r
}

// Block makes errors of the findings of these codes; area/* stands for all codes of an area.
func (fs Findings) Block(codes []string) {
	for i := range fs {
		for _, code := range codes {
			area, all := strings.CutSuffix(code, "*")
			if fs[i].Code == code || all && strings.HasPrefix(fs[i].Code, area) {
				fs[i].Severity = Error
			}
		}
	}
}

// severities are all, the worst first.
var severities = []Severity{Error, Warning, Notice}

// known returns a severity that there is: whatever is no other counts as a notice.
func (v Severity) known() Severity {
	if v == Error || v == Warning {
		return v
	}
	return Notice
}

// summary says what was found altogether, and where to read on.
func (r Report) summary(s Style) string {
	all, hit, registry, worst := 0, 0, false, Finding{}
	for _, p := range r.Packages {
		if p.Dir == "." {
			registry = len(p.Findings) > 0
		} else if all++; len(p.Findings) > 0 {
			hit++
		}
		for _, f := range p.Findings {
			if worst.Code == "" || f.Severity.known() == Error && worst.Severity != Error {
				worst = f
			}
		}
	}
	if hit == 0 && !registry {
		if all == 0 {
			return s.paint(green, "✓") + " there are no packages to look at\n"
		}
		return s.paint(green, "✓") + " " + plural(all, "package") + ", nothing found\n"
	}
	var counts []string
	for i, n := range []int{r.Errors, r.Warnings, r.Notices} {
		if n > 0 {
			counts = append(counts, s.paint(severities[i].colour(), plural(n, string(severities[i]))))
		}
	}
	where := plural(hit, "package")
	if hit < all {
		where = fmt.Sprintf("%d of %d packages", hit, all)
	}
	const configuration = "the registry's configuration"
	switch {
	case registry && all == 0:
		where = configuration + "; no package was looked at"
	case registry && hit == 0:
		where = configuration
	case registry:
		where = configuration + " and " + where
	}
	sign := s.paint(green, "✓")
	if r.Errors > 0 {
		sign = s.paint(red, "✗")
	}
	return sign + " " + strings.Join(counts, ", ") + " in " + where + "\n" +
		s.paint(dim, "`regen explain "+OneLine(worst.Code)+"` tells why a rule is there") + "\n"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
