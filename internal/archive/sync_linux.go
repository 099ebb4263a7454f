package archive

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func syncTree(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
