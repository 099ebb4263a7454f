package client_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/regen-registry/regen/client"
	"github.com/regen-registry/regen/internal/gittest"
	"github.com/regen-registry/regen/internal/publish"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/trust"
)

// exampleRegistry is a registry on a web server: what a device has to do with.
type exampleRegistry struct {
	*httptest.Server
	PublicKey string // its minisign.pub
	Root      string // a directory for a device

	dir    string
	signer *sign.Signer
}

// newExampleRegistry publishes the plugin clock 1.0.0.
func newExampleRegistry() *exampleRegistry {
	dir := must(os.MkdirTemp("", "regen-example-"))
	signer := must(sign.Generate())
	tree := filepath.Join(dir, "public")
	r := &exampleRegistry{httptest.NewServer(http.FileServer(http.Dir(tree))), string(sign.PublicText(signer.Public())), filepath.Join(dir, "device"), dir, signer}
	files := gittest.Plugin("plugins/clock", "1.0.0", "")
	files["registry.yaml"] = gittest.Text("id: example\n")
	files["plugins/clock/regen.yaml"] = gittest.Text("permissions: [storage]\n")
	r.publish(files)
	return r
}

// publish changes files, and publishes them.
func (r *exampleRegistry) publish(files gittest.Files) {
	source := filepath.Join(r.dir, "source")
	for path, file := range files {
		name := filepath.Join(source, path)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(name, []byte(file.Data), 0o644); err != nil {
			panic(err)
		}
	}
	report := must(publish.Run(context.Background(), publish.Options{
		History: must(publish.NewWorkDir(source, nil, time.Now())), Store: store.NewDir(filepath.Join(r.dir, "public")), Pin: trust.KeyPin(r.signer.Public()), Signer: r.signer,
		Now: time.Now(),
	}))
	if len(report.Failed) > 0 {
		panic(fmt.Sprint(report.Failed))
	}
}

// Close takes everything away.
func (r *exampleRegistry) Close() {
	r.Server.Close()
	os.RemoveAll(r.dir)
}

// A device needs a directory, the registry's addresses, and its public key.
func ExampleOpen() {
	registry := newExampleRegistry()
	defer registry.Close()

	device, err := client.Open(client.Options{
		Root:    registry.Root,
		Mirrors: []string{registry.URL, "/media/stick/registry"},
		Pin:     registry.PublicKey,                 // once: the root remembers it
		Hosts:   map[string]string{"vito": "3.1.0"}, // what its packages run on
	})
	if err != nil {
		log.Fatal(err)
	}
	installed, err := device.List(context.Background())
	fmt.Println(len(installed), err)

	_, err = client.Open(client.Options{Root: registry.Root, Pin: "a secret"})
	fmt.Println(err)
	// Output:
	// 0 <nil>
	// not a pin: not a minisign public key, expected a comment line and a base64 line of 56 characters
}

// A device checks for news as often as it likes: on an unchanged registry that is one small request.
func ExampleClient_Sync() {
	registry := newExampleRegistry()
	defer registry.Close()
	ctx := context.Background()
	device, err := client.Open(client.Options{Root: registry.Root, Mirrors: []string{registry.URL}, Pin: registry.PublicKey})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := device.Install(ctx, "clock", client.InstallOptions{}); err != nil {
		fmt.Println(err)
		return
	}

	registry.publish(gittest.Files{"advisories.yaml": gittest.Text("advisories: [{id: ACME-1, package: clock, versions: <2.0.0, action: block, reason: It eats clocks.}]\n")})
	for range 2 {
		news, err := device.Sync(ctx)
		switch client.ClassOf(err) {
		case "":
		case client.Expired, client.Clock:
			fmt.Println("is the clock right?", err)
			return
		default:
			fmt.Println(err) // the device is as it was
			return
		}
		fmt.Println(news.Registry, news.Serial, news.Unchanged)
		for _, word := range news.Notices {
			fmt.Println(word.ID, word.Version, word.Kind, word.Advisory.Advisory)
		}
	}
	// Output:
	// example 2 false
	// clock 1.0.0 block ACME-1
	// example 2 true
	// clock 1.0.0 block ACME-1
}

// What is found is text that somebody wrote: escape it before you show it.
func ExampleClient_Search() {
	registry := newExampleRegistry()
	defer registry.Close()
	device, err := client.Open(client.Options{Root: registry.Root, Mirrors: []string{registry.URL}, Pin: registry.PublicKey})
	if err != nil {
		log.Fatal(err)
	}

	found, more, err := device.Search(context.Background(), "clock plugin")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range found {
		fmt.Printf("%s %s: %q\n", f.ID, f.Channels[client.Stable], f.Summary)
	}
	fmt.Println(more)
	// Output:
	// clock 1.0.0: "The plugin clock."
	// false
}

// Before anything is downloaded, the device's owner is asked.
func ExampleClient_Install() {
	registry := newExampleRegistry()
	defer registry.Close()
	device, err := client.Open(client.Options{Root: registry.Root, Mirrors: []string{registry.URL}, Pin: registry.PublicKey})
	if err != nil {
		log.Fatal(err)
	}

	for _, agrees := range []bool{false, true} {
		change, err := device.Install(context.Background(), "clock", client.InstallOptions{
			Confirm: func(o client.Offer) bool {
				fmt.Printf("may %s %s use %q?\n", o.ID, o.Version, o.Permissions)
				return agrees
			},
		})
		switch {
		case client.ClassOf(err) == client.Refused:
			fmt.Println("it stays out")
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println("installed", change.To)
		}
	}
	_, err = os.Stat(filepath.Join(registry.Root, "apps", "clock", "package", "clock", "Plugin.php"))
	fmt.Println(err)
	// Output:
	// may clock 1.0.0 use ["storage"]?
	// it stays out
	// may clock 1.0.0 use ["storage"]?
	// installed 1.0.0
	// <nil>
}

// An update asks for each package, with the permissions that it didn't have before.
func ExampleClient_Update() {
	registry := newExampleRegistry()
	defer registry.Close()
	ctx := context.Background()
	device, err := client.Open(client.Options{Root: registry.Root, Mirrors: []string{registry.URL}, Pin: registry.PublicKey})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := device.Install(ctx, "clock", client.InstallOptions{}); err != nil {
		fmt.Println(err)
		return
	}

	files := gittest.Plugin("plugins/clock", "1.1.0", "")
	files["plugins/clock/regen.yaml"] = gittest.Text("permissions: [camera, storage]\n")
	registry.publish(files)
	updated, err := device.Update(ctx, client.UpdateOptions{
		Confirm: func(o client.Offer) bool {
			fmt.Printf("%s asks for %q\n", o.ID, o.Permissions)
			return true
		},
		Uninstall: func(w client.Word, a client.Advisory) bool {
			fmt.Printf("%s ought to go: %q\n", w.ID, a.Reason.In("en"))
			return false
		},
	})
	if err != nil {
		fmt.Println(err) // packages that were updated before stay so: they are in Changes
	}
	for _, c := range updated.Changes {
		fmt.Println(c.ID, c.From, c.To)
	}
	verified, err := device.Verify(ctx, "clock")
	fmt.Println(verified[0].OK, err)
	// Output:
	// clock asks for ["camera"]
	// clock 1.0.0 1.1.0
	// true <nil>
}
