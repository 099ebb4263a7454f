package wire

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func ExampleNodePath() {
	fmt.Println(NodePath("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"))
	// Output: index/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json
}

func ExampleVersionsPath() {
	fmt.Println(VersionsPath("clock", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"))
	fmt.Println(PackageViewPath("clock"))
	// Output:
	// packages/clock/versions/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json
	// packages/clock/index.json
}

func ExampleReleasePath() {
	fmt.Println(ReleasePath("clock", "1.0.0-rc.1"))
	fmt.Println(MetadataPath("clock", "1.0.0-rc.1"))
	fmt.Println(ArtifactPath("clock", "1.0.0-rc.1", "clock-1.0.0-rc.1.zip"))
	fmt.Println(ArtifactPath("clock", "1.0.0-rc.1", "clock-1.0.0-rc.1.zip") + SignatureSuffix)
	fmt.Println(AssetPath("clock", "1.0.0-rc.1", "docs/icon.svg"))
	// Output:
	// packages/clock/1.0.0-rc.1/
	// packages/clock/1.0.0-rc.1/metadata.json
	// packages/clock/1.0.0-rc.1/clock-1.0.0-rc.1.zip
	// packages/clock/1.0.0-rc.1/clock-1.0.0-rc.1.zip.minisig
	// packages/clock/1.0.0-rc.1/assets/docs/icon.svg
}

func ExampleKeysPath() {
	fmt.Println(KeysPath(1))
	fmt.Println(KeysSignaturePath(1, "26D342CBD7CDD547"))
	// Output:
	// keys/1.json
	// keys/1.json.26D342CBD7CDD547.minisig
}

func ExampleTilePath() {
	fmt.Println(TilePath(1, tlog.Tile{H: LogHeight, L: 0, N: 0, W: 256}))
	fmt.Println(TilePath(1, tlog.Tile{H: LogHeight, L: 1, N: 0, W: 3}))
	fmt.Println(TilePath(1, tlog.Tile{H: LogHeight, L: 0, N: 1234067, W: 256}))
	fmt.Println(TilePath(1, tlog.Tile{H: LogHeight, L: -1, N: 0, W: 256}))
	fmt.Println(TilePath(2, tlog.Tile{H: LogHeight, L: -1, N: 1000, W: 7}))
	// Output:
	// log/1/tile/0/000
	// log/1/tile/1/000.p/3
	// log/1/tile/0/x001/x234/067
	// log/1/tile/entries/000
	// log/2/tile/entries/x001/000.p/7
}

func ExampleRetiredPath() {
	fmt.Println(RetiredPath(12))
	// Output: retired/12.json
}

func ExamplePackagePage() {
	fmt.Println(PackagePage("clock"))
	fmt.Println(ReleasePage("clock", "1.0.0"))
	fmt.Println(LangPath("de", ListPage(OfCategory, "security", ByName, "clock")))
	fmt.Println(RenditionPath(hashA, 96, "png"))
	fmt.Println(StaticPath("style-0f3c.css"))
	// Output:
	// apps/clock/index.html
	// apps/clock/1.0.0/index.html
	// de/categories/security/name-clock.html
	// renditions/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-96.png
	// static/style-0f3c.css
}

func ExampleCacheControl() {
	fmt.Println(CacheControl(HeadPath))
	fmt.Println(CacheControl(MetadataPath("clock", "1.0.0")))
	fmt.Println(CacheControl(RootPath))
	// Output:
	// no-cache
	// public, max-age=31536000, immutable
	// public, max-age=300
}

func TestKindOf(t *testing.T) {
	for path, want := range map[string]Kind{
		HeadPath:                             Head,
		RootPath:                             View,
		ReleaseKeyPath:                       View,
		ViewsPath:                            View,
		HomePage:                             View,
		NodePath(hashA):                      Immutable,
		"index":                              View,
		VersionsPath("clock", hashA):         Immutable,
		PackageViewPath("clock"):             View,
		MetadataPath("clock", "1.0.0"):       Immutable,
		ArtifactPath("clock", "1.0.0", "a"):  Immutable,
		AssetPath("clock", "1.0.0", "a/b/c"): Immutable,
		// Signatures beside a release are made anew when a key is revoked; a listing file of that name isn't one.
		MetadataPath("clock", "1.0.0") + SignatureSuffix:      View,
		ArtifactPath("clock", "1.0.0", "a") + SignatureSuffix: View,
		AssetPath("clock", "1.0.0", "a.minisig"):              Immutable,
		KeysPath(1):                                           Immutable,
		KeysSignaturePath(1, "26D342CBD7CDD547"):              Immutable,
		TilePath(1, tlog.Tile{H: LogHeight, L: -1, W: 7}):     Immutable,
		RetiredPath(3):                  View,
		PackagePage("clock"):            View,
		RenditionPath(hashA, 96, "png"): Immutable,
		StaticPath("style.css"):         View,
		"":                              View,
		"else":                          View,
	} {
		if got := KindOf(path); got != want {
			t.Errorf("%s is of kind %d, expected %d", path, got, want)
		}
	}
}

// Every path that is made here lies below something that a tree may have at its top.
func TestIsTopLevel(t *testing.T) {
	for _, path := range []string{HeadPath, RootPath, ReleaseKeyPath, ViewsPath, HomePage, NodePath(hashA), PackagePath("clock"), KeysPath(1), LogPath(1), RetiredPath(1), PackagePage("clock"), StaticPath("style.css"),
		LangPath("de", IndexPage), LangPath("pt-BR", IndexPage), RowsPath("0a"), RenditionPath(hashA, 96, "png"), SitemapPartPath(""), NotFoundPage,
	} {
		top := path
		for i := range len(path) {
			if path[i] == '/' {
				top = path[:i]
				break
			}
		}
		if !IsTopLevel(top) {
			t.Errorf("%s: a tree may not have %s at its top", path, top)
		}
	}
	for _, other := range []string{"", ".git", "README.md", "home", "Index.json", "index/", "packages.json"} {
		if IsTopLevel(other) {
			t.Errorf("a tree may have %q at its top", other)
		}
	}
}
