package client_test

import (
	"path/filepath"
	"testing"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/archive"
)

// A step is an operation of a device, while a registry is as given.
type step struct {
	at *published
	do deviceDo
}

// steps does operations with one device, and returns what comes of the last one.
func steps(t *testing.T, all ...step) (out *deviceOut, err error) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	for i, s := range all {
		if out, err = runIn(t, root, s.at.in(s.do), s.at.files); err != nil && i < len(all)-1 {
			t.Fatalf("step %d, %s: %v", i+1, s.do.Op, err)
		}
	}
	return out, err
}

// Nobody goes back to what the registry took back: neither to the version that was replaced, nor to one before the undone one.
func TestUndoneIsNoPrevious(t *testing.T) {
	back := deviceDo{Op: "rollback", ID: "clock"}
	thief, now := stolen(t), recovered(t)
	_, err := steps(t, step{thief, installClock}, step{now, toUpdate}, step{now, back})
	fails(t, err, client.Unknown)

	worse := stolen(t)
	worse.release(clock("1.2.0"))
	worse.publish()
	_, err = steps(t, step{thief, installClock}, step{worse, toUpdate}, step{now, toSync}, step{now, back})
	fails(t, err, client.Unknown)

	out, err := steps(t, step{offline(t), installClock}, step{thief, toUpdate}, step{now, toSync}, step{now, back})
	if err != nil || out.Installed["clock"] != "1.0.0" || len(out.Notices) != 0 {
		t.Errorf("back from an undone version: %+v, %v", out, err)
	}
	_, err = steps(t, step{offline(t), installClock}, step{thief, toUpdate}, step{now, toSync}, step{now, back}, step{now, back})
	fails(t, err, client.Unknown)
}

// A package of which everything was undone can be published again.
func TestUndonePackageAgain(t *testing.T) {
	thief, now, again := stolen(t), recovered(t), recovered(t)
	again.release(release{id: "evil", version: "1.0.0", files: []archive.File{text("evil/composer.json", `{"version":"1.0.0"}`), text("evil/Plugin.php", "<?php // ours\n")}})
	again.publish()
	out, err := steps(t, step{thief, deviceDo{Op: "install", ID: "evil"}}, step{now, toSync}, step{again, toUpdate})
	if err != nil || out.Installed["evil"] != "1.0.0" || len(out.Notices) != 0 || out.Via == "" {
		t.Errorf("%+v, %v", out, err)
	}
}
