package scaffold

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/regen-registry/regen/internal/config"
)

// Read returns the params that a repo has: what its registry.yaml says, and what its workflows use. The action is empty where no workflow uses one. dir is the name
// of the repo's directory, and read returns a file of the repo; fs.ErrNotExist where there is none.
func Read(read func(path string) ([]byte, error), dir string) (Params, error) {
	cfg := config.Default(dir)
	data, err := read(config.FileName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Params{}, err
	}
	if err == nil {
		parsed, findings := config.Parse(config.FileName, data, dir)
		for _, f := range findings {
			return Params{}, fmt.Errorf("%s: %s", f.Place(), f.Message)
		}
		cfg = parsed
	}
	p := New(cfg)
	goMod, err := read("go.mod")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Params{}, err
	}
	if p.Self = IsSelf(goMod); p.Self {
		p.Action = Local
		return p, nil
	}
	p.Action, err = Action(read)
	return p, err
}
