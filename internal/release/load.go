package release

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/regen-registry/regen/internal/archive"
	"github.com/regen-registry/regen/internal/check"
	"github.com/regen-registry/regen/internal/config"
	"github.com/regen-registry/regen/internal/gittree"
	"github.com/regen-registry/regen/internal/manifest"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/wire"
	"github.com/regen-registry/regen/internal/wording"
)

// Input is one file of a package's source directory, as git has it.
type Input struct {
	Path string // relative to the package's directory, perhaps not UTF-8
	Mode gittree.Mode
	Size func() (int64, error)
	Read func(limit int64) ([]byte, error)
}

// Load reads the files of a package that aren't left out, and says what is wrong with them. It calls reserve with the bytes that it is
// about to hold in memory, instead of what it reserved before. dir is the path of the package's directory from
// the top of the repo; its last part is the id. The error is for what is not the package's fault, such as a damaged repository.
func Load(dir, id string, inputs []Input, cfg config.Config, reserve func(size int64) error) (manifest.Package, manifest.Format, check.Findings, error) {
	p := manifest.Package{Dir: dir, ID: id}
	var findings check.Findings
	add := func(code, path, message, hint string) {
		findings = append(findings, check.Finding{Code: code, Severity: check.Error, Path: path, Message: message, Hint: hint})
	}
	format, finding := detect(dir, inputs, cfg)
	if finding != nil {
		return p, nil, check.Findings{*finding}, nil
	}

	prefix := format.Prefix(id) // counts towards the length of a path
	if wire.CheckID(id) != nil {
		prefix = "" // which reading the manifest tells, once and not for each file
	}
	packed := make([]Input, 0, len(inputs))
	paths := make([]string, 0, len(inputs))
	for _, in := range inputs {
		regular := in.Mode != gittree.Symlink && in.Mode != gittree.Submodule
		beside, named := besides(in.Path)
		if named && in.Path != beside.name {
			add("files/name", dir+"/"+in.Path, "is "+beside.name+" in other letters, expected it in lower case", nameHint)
			continue
		}
		if named && regular {
			data, err := readBeside(dir, in, beside, add)
			if err != nil {
				return p, nil, nil, err
			}
			*beside.of(&p) = data
		}
		if format.Excluded(in.Path) || excluded(cfg.Exclude, in.Path) {
			if named && !regular { // what it would say must not go missing without a word
				add("files/symlink", dir+"/"+in.Path, "is a symbolic link or a submodule, expected a regular file", "put a copy of the file in its place")
			}
			continue
		}
		switch in.Mode {
		case gittree.Symlink:
			add("files/symlink", dir+"/"+in.Path, "is a symbolic link, expected a regular file", "put a copy of the file in its place")
			continue
		case gittree.Submodule:
			add("files/submodule", dir+"/"+in.Path, "is a git submodule, expected regular files", "put the files themselves into the package")
			continue
		}
		packed = append(packed, in)
		paths = append(paths, prefix+in.Path)
	}
	bad := make(map[string]bool)
	for _, problem := range archive.CheckPaths(paths) {
		bad[problem.Path] = true
		add("files/name", dir+"/"+strings.TrimPrefix(problem.Path, prefix), problem.Reason(), nameHint)
	}
	if n := len(packed); n > cfg.Limits.Files {
		add("files/too-many", dir, fmt.Sprintf("has %d files, expected at most %d", n, cfg.Limits.Files), "leave out what isn't needed at run time")
		return p, format, findings, nil
	}
	// What is wrong with the others is worth knowing, too.
	packed = slices.DeleteFunc(packed, func(in Input) bool { return bad[prefix+in.Path] })

	files, tooLarge, err := read(dir, packed, cfg, reserve)
	if err != nil {
		return p, nil, nil, err
	}
	findings = append(findings, tooLarge...)
	p.Files = files
	for _, f := range p.Files {
		if isLFSPointer(f.Data) {
			add("files/lfs-pointer", dir+"/"+f.Path, "is a pointer to Git LFS, expected the file itself", "commit the file without LFS (see .gitattributes)")
		}
	}
	return p, format, findings, nil
}

// nameHint is for names that some system can't hold.
const nameHint = "rename the file"

// beside is a file that is read also where it isn't packed.
type beside struct {
	name string
	most int64 // bytes
	// fault is what is found where it is larger.
	fault, hint string
	of          func(p *manifest.Package) *[]byte
}

var allBeside = []beside{
	{manifest.SidecarFile, manifest.MaxSidecar, "yaml/size", "move long texts into files of their own", func(p *manifest.Package) *[]byte { return &p.Sidecar }},
	{manifest.SignatureFile, sign.MaxSignature, "author/size", "make it anew with `regen sign`", func(p *manifest.Package) *[]byte { return &p.Signature }},
}

// besides returns which of them a path names, in any letters.
func besides(path string) (beside, bool) {
	for _, b := range allBeside {
		if strings.EqualFold(path, b.name) {
			return b, true
		}
	}
	return beside{}, false
}

// readBeside reads one of them.
func readBeside(dir string, in Input, b beside, add func(code, path, message, hint string)) ([]byte, error) {
	data, err := in.Read(b.most)
	if tooLarge := (*gittree.LimitError)(nil); errors.As(err, &tooLarge) {
		add(b.fault, dir+"/"+in.Path, fmt.Sprintf("has more than %d bytes, expected at most that", b.most), b.hint)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s/%s: %w", dir, in.Path, err)
	}
	return data, nil
}

// small is what most packages stay below, in bytes. They are read without asking for sizes first: in a git pack, the size of a file that is
// stored as a delta costs nearly as much as the file.
const small = 4 << 20

// read returns the contents of the files. Where they are over a limit it returns findings, and reads none of them.
func read(dir string, packed []Input, cfg config.Config, reserve func(int64) error) ([]manifest.File, check.Findings, error) {
	fileLimit, packageLimit := int64(cfg.Limits.FileSize), int64(cfg.Limits.PackageSize)
	quota := min(small, packageLimit)
	if err := reserve(quota); err != nil {
		return nil, nil, err
	}
	files, err := readAll(dir, packed, fileLimit, quota)
	if tooLarge := (*gittree.LimitError)(nil); !errors.As(err, &tooLarge) {
		return files, nil, err
	}
	files = nil // not small: look at all sizes before anything is held

	var findings check.Findings
	var total int64
	for _, in := range packed {
		size, err := in.Size()
		if err != nil {
			return nil, nil, fmt.Errorf("read %s/%s: %w", dir, in.Path, err)
		}
		total += size
		if size > fileLimit {
			findings = append(findings, check.Finding{Code: "files/too-large", Severity: check.Error, Path: dir + "/" + in.Path,
				Message: fmt.Sprintf("has %d bytes, expected at most %d", size, fileLimit), Hint: "make the file smaller, or leave it out"})
		}
	}
	if total > packageLimit {
		findings = append(findings, check.Finding{Code: "files/package-too-large", Severity: check.Error, Path: dir,
			Message: fmt.Sprintf("has %d bytes in %d files, expected at most %d", total, len(packed), packageLimit), Hint: "leave out what isn't needed at run time"})
	}
	if len(findings) > 0 {
		return nil, findings, nil
	}
	if err := reserve(total); err != nil {
		return nil, nil, err
	}
	files, err = readAll(dir, packed, fileLimit, total)
	return files, nil, err
}

// readAll reads the files, each of at most fileLimit bytes and all together of at most quota.
func readAll(dir string, packed []Input, fileLimit, quota int64) ([]manifest.File, error) {
	files := make([]manifest.File, len(packed))
	for i, in := range packed {
		data, err := in.Read(min(fileLimit, quota))
		if err != nil {
			return nil, fmt.Errorf("read %s/%s: %w", dir, in.Path, err)
		}
		quota -= int64(len(data))
		files[i] = manifest.File{Path: in.Path, Exec: in.Mode == gittree.Executable, Data: data}
	}
	return files, nil
}

// detect returns the format of a directory: the first one of the registry's formats that knows a file in it.
func detect(dir string, inputs []Input, cfg config.Config) (manifest.Format, *check.Finding) {
	var names []string
	for _, in := range inputs {
		if !strings.Contains(in.Path, "/") {
			names = append(names, in.Path)
		}
	}
	slices.Sort(names)
	var manifests []string
	for _, f := range manifest.Formats {
		for _, name := range cfg.Formats {
			if f.Name() == name {
				if f.Detect(names) {
					return f, nil
				}
				manifests = append(manifests, f.Manifest())
			}
		}
	}
	return nil, &check.Finding{
		Code: "files/no-manifest", Severity: check.Error, Path: dir,
		Message: "has no manifest, expected " + wording.List(manifests),
		Hint:    "a package's directory holds its manifest at the top; move other directories elsewhere",
	}
}

// excluded reports whether a registry's own patterns leave a path out: the file itself, or a directory above it.
func excluded(patterns []string, path string) bool {
	for _, pattern := range patterns {
		for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '/') {
			if ok, _ := doublestar.Match(pattern, path[:end]); ok {
				return true
			}
		}
	}
	return false
}

// isLFSPointer reports whether data are what Git LFS commits in place of a file
// (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: below 1,024 bytes, the version first).
func isLFSPointer(data []byte) bool {
	return len(data) < 1024 && bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/"))
}
