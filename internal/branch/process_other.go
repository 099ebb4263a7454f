//go:build !unix

package branch

import "os/exec"

// whole does nothing where processes have no groups: git's helpers end by themselves when their connection does.
func whole(*exec.Cmd) {}
