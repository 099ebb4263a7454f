package branch

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Bounds of what git may print, in bytes. The rest is dropped.
const (
	maxOutput = 1 << 20
	maxErrors = 4 << 10
)

// passed are the variables of the environment that git is handed: where programs and temporary files are, and the ways to the network.
var passed = []string{
	"PATH", "USERPROFILE", "SystemRoot", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "SSH_AUTH_SOCK",
	"http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR",
}

// setting is an entry of git's configuration.
type setting struct{ key, value string }

// settings are those of every call of git.
var settings = []setting{
	{"core.hooksPath", os.DevNull},
	{"core.fsmonitor", "false"},
	{"credential.helper", ""},
	{"safe.directory", "*"}, // whose directory it is that a runner checked out is no question here: its remote's address is all that is read
	{"gc.auto", "0"},
	{"maintenance.auto", "false"},
	{"protocol.version", "2"},
	{"http.followRedirects", "false"}, // the token goes to the named server
	{"http.lowSpeedLimit", "1000"},    // bytes a second, for so many seconds: then it is given up
	{"http.lowSpeedTime", "60"},
}

// environment returns the environment of git. more are settings besides the usual ones.
func environment(lookup func(string) (string, bool), more []setting) []string {
	var env []string
	for _, name := range passed {
		if value, ok := lookup(name); ok {
			env = append(env, name+"="+value)
		}
	}
	env = append(env,
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_ATTR_NOSYSTEM=1",
		"GIT_ALLOW_PROTOCOL=file:http:https:ssh", "GIT_SSH_COMMAND=ssh -o BatchMode=yes",
	)
	all := append(append([]setting(nil), settings...), more...)
	env = append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(all)))
	for i, s := range all {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s.key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s.value))
	}
	return env
}

// gitHub is the address of GitHub's server where the environment doesn't say another.
const gitHub = "https://github.com"

// authorization returns the settings that make git show a token to a remote: none unless it is on GitHub's server, by https. To another server the token would be given away.
func authorization(remote, server, token string) []setting {
	if server == "" {
		server = gitHub
	}
	at, err := url.Parse(remote)
	home, homeErr := url.Parse(server)
	if token == "" || err != nil || homeErr != nil || at.Scheme != "https" || home.Scheme != "https" || at.Host != home.Host {
		return nil
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	return []setting{{"http.https://" + at.Host + "/.extraHeader", "Authorization: Basic " + basic}}
}

// git runs git, and returns what it prints.
func (b *Branch) git(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, b.program, args...)
	cmd.Env, cmd.Stdin = b.env, stdin
	cmd.Dir = b.dir
	whole(cmd)
	cmd.WaitDelay = 5 * time.Second // a child of git's may hold the pipes
	out, errs := &bounded{left: maxOutput}, &bounded{left: maxErrors}
	cmd.Stdout, cmd.Stderr = out, errs
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return out.String(), &gitError{verb(args), b.clean(errs.String()), err}
	}
	if out.dropped {
		return "", fmt.Errorf("git %s printed more than %d bytes", verb(args), maxOutput)
	}
	return out.String(), nil
}

// verb returns git's command.
func verb(args []string) string {
	for i := 0; i < len(args); i++ {
		if args[i] == "-C" {
			i++
			continue
		}
		return args[i]
	}
	return ""
}

// gitError says why git failed.
type gitError struct {
	verb, text string
	err        error
}

func (e *gitError) Error() string {
	if e.text == "" {
		return fmt.Sprintf("git %s: %v", e.verb, e.err)
	}
	return fmt.Sprintf("git %s: %s", e.verb, e.text)
}

func (e *gitError) Unwrap() error { return e.err }

// clean makes one line of what git and the remote say, without what is secret.
func (b *Branch) clean(text string) string {
	for _, secret := range b.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "hint:") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// bounded keeps the first bytes of what is written, and drops the rest.
type bounded struct {
	bytes.Buffer
	left    int
	dropped bool
}

func (b *bounded) Write(data []byte) (int, error) {
	n := min(len(data), b.left)
	b.left -= n
	b.dropped = b.dropped || n < len(data)
	b.Buffer.Write(data[:n])
	return len(data), nil
}

// lookGit returns where git is.
func lookGit() (string, error) {
	program, err := exec.LookPath("git")
	if errors.Is(err, exec.ErrNotFound) {
		return "", ErrNoGit
	}
	return program, err
}
