package main

import (
	"github.com/spf13/cobra"
)

func keysCommand(u *ui) *cobra.Command {
	return group("keys", "Make, show and change the keys of a registry, and those of packages' authors", `  regen keys generate                         # one key: a registry that begins
  regen keys init --offline-root              # or a root key for a safe, and a release key for CI
  regen keys show
  regen keys rotate --release new.pub --key /media/usb/root.key
  regen keys revoke 0123456789ABCDEF --release new.pub --published ./public --key /media/usb/root.key
  regen keys sign --key /media/usb/root.key
  regen keys register plugins/disk-watch --pub author.pub`,
		keysGenerateCommand(u), keysInitCommand(u), keysShowCommand(u), keysRotateCommand(u), keysRevokeCommand(u), keysSignCommand(u), keysRegisterCommand(u))
}
