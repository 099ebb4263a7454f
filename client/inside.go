package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"gopkg.in/yaml.v3"
)

// maxManifest bounds what is read of a manifest inside a package, in bytes.
const maxManifest = 16 << 20

// inside compares what an unpacked package says of itself with its metadata: its id and version, where its format says them.
func inside(m Metadata, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var says struct {
		ID      string `json:"id" yaml:"-"`
		Version string `json:"version" yaml:"version"`
	}
	switch m.Format {
	case "vito":
		err = readManifest(root, m.ID+"/composer.json", json.Unmarshal, &says)
		says.ID = m.ID // the directory at the top has its name
	case "mosis":
		err = readManifest(root, "manifest.json", json.Unmarshal, &says)
	case "dropserver":
		err = readManifest(root, "dropapp.json", json.Unmarshal, &says)
		says.ID = m.ID // it has none
	case "native":
		err = readManifest(root, "regen.yaml", yaml.Unmarshal, &says)
		says.ID = m.ID // it has none
	case "mana":
		err = readManifest(root, "manifest.json", json.Unmarshal, &says)
		if says.Version == "" || errors.Is(err, fs.ErrNotExist) {
			says.Version, err = m.Version, nil // a bundle may have none
		}
		says.ID = m.ID
	default:
		return nil // a format that came later: the hashes bind the package all the same
	}
	if err != nil {
		return err
	}
	if says.ID != m.ID || says.Version != m.Version {
		return fmt.Errorf("the package says that it is %s %s, and its metadata %s %s", says.ID, says.Version, m.ID, m.Version)
	}
	return nil
}

// readManifest reads what a manifest says. The package's artifact has the hash that the registry signed; nevertheless, whatever it holds must do no harm.
func readManifest(root *os.Root, name string, decode func([]byte, any) error, says any) error {
	f, err := root.Open(name)
	if err != nil {
		return fmt.Errorf("the package has no %s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return err
	}
	if len(data) > maxManifest {
		return fmt.Errorf("%s has more than %d bytes", name, maxManifest)
	}
	if err := decode(data, says); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
