package bench

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/synth"
	"github.com/regen-registry/regen/internal/trust"
)

// TestSynth: what is measured is sound. A synthetic registry is the same each time, and all its packages and later versions publish.
func TestSynth(t *testing.T) {
	registry := synth.Registry{Packages: 40, Changes: []int{3, 1}}
	var stream, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&stream, &again} {
		if _, err := registry.WriteTo(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(stream.Bytes(), again.Bytes()) {
		t.Fatal("the same registry gave other bytes")
	}
	repo := gittest.New(t)
	repo.Git(t, stream.String(), "fast-import", "--quiet")
	r, err := gittree.Open(repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	history, err := publish.NewCommits(r, "main")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sign.Generate()
	if err != nil {
		t.Fatal(err)
	}
	report, err := publish.Run(context.Background(), publish.Options{
		History: history, Store: store.NewMem(), Pin: trust.KeyPin(signer.Public()), Signer: signer, Now: time.Unix(synth.Epoch, 0), From: "main~2",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Released) != 44 || len(report.Failed)+len(report.Mended) != 0 {
		t.Errorf("%d releases, failed %v, expected 44 and none", len(report.Released), report.Failed)
	}
	for _, w := range report.Warnings {
		for _, f := range w.Findings {
			if !strings.HasPrefix(f.Code, "listing/") {
				t.Errorf("%s", f)
			}
		}
	}
}
