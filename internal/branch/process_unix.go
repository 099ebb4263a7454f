//go:build unix

package branch

import (
	"os/exec"
	"syscall"
)

// whole makes the end of the command's context that of all the processes which it started: git leaves its helpers alone when it is killed.
func whole(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
