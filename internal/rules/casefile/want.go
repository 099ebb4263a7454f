package casefile

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/txtar"
)

// SetWant writes what is found in the bad example of a rule into the rule's file, below the directory of all rules.
func SetWant(dir, code, found string) error {
	name := filepath.Join(dir, filepath.FromSlash(code)+".txtar")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	a := txtar.Parse(data)
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(found)})
	return os.WriteFile(name, txtar.Format(a), 0o644)
}
