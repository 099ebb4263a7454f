package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// On a terminal, init asks for what no flag says, explains what can't be, and takes what it suggests. Nothing is written when it is stopped.
func TestInitOnTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("encrypts keys, which the race detector makes slow")
	}
	dir := t.TempDir()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	key := filepath.Join(t.TempDir(), "acme.key")
	cmd, keys := terminal(t, dir, "init", "My Plugins", "-W", "--key", key)
	said, err := converse(t, cmd, keys,
		"[my-plugins]: ", "My Id\r", "perhaps my-id", "acme\r",
		"[Acme]: ", "Acme's own\r",
		"[all]: ", "6\r", "is none of them", "1\r",
		"Who runs it, by handle on GitHub", "@ada\r", "perhaps ada", "ada\r",
		"[ada/acme]: ", "acme\r", "expected owner/name", "ada/plugins\r")
	if err != nil || !strings.Contains(said, " in My Plugins:") || !strings.Contains(said, "cd 'My Plugins'") {
		t.Fatalf("%v\n%s", err, said)
	}
	data, err := os.ReadFile(filepath.Join(dir, "My Plugins", "registry.yaml"))
	for _, want := range []string{"\nid: \"acme\"\n", "\nname: \"Acme's own\"\n", "\nbase_url: \"https://ada.github.io/plugins\"\n", "\nformats: [vito]\n"} {
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("registry.yaml lacks %q: %v\n%s", want, err, data)
		}
	}

	// What is there isn't asked for, and neither is what a flag says.
	if err := os.Remove(filepath.Join(dir, "My Plugins", "owners.yaml")); err != nil {
		t.Fatal(err)
	}
	cmd, keys = terminal(t, dir, "init", "My Plugins")
	if said, err := converse(t, cmd, keys, "Who runs it", "eve\r"); err != nil || strings.Contains(said, "Name") || strings.Contains(said, "assword") || !strings.Contains(said, " in My Plugins:") {
		t.Errorf("%v\n%s", err, said)
	}
	cmd, keys = terminal(t, dir, "init", "other", "--id", "other", "--name", "Other", "--format", "mana", "--owner", "ada", "--repository", "ada/other", "-W", "--key", key+"2")
	if said, err := converse(t, cmd, keys); err != nil || strings.Contains(said, "]: ") || !strings.Contains(said, "Made the registry") {
		t.Errorf("%v\n%s", err, said)
	}

	// A password is asked for after the questions, again where the two differ.
	t.Setenv("MINISIGN_PASSWORD", "")
	os.Unsetenv("MINISIGN_PASSWORD")
	cmd, keys = terminal(t, dir, "init", "secret", "--id", "secret", "--format", "mana", "--owner", "ada", "--repository", "ada/secret", "--key", key+"4")
	said, err = converse(t, cmd, keys, "[Secret]: ", "\r", "Password for the secret key: ", "hush hush\r", "The same again: ", "hash hash\r",
		"the two passwords differ", "", "Password for the secret key: ", "hush hush\r", "The same again: ", "hush hush\r")
	if err != nil || !strings.Contains(said, "Made the registry") {
		t.Errorf("%v\n%s", err, said)
	}
	t.Setenv("MINISIGN_PASSWORD", "hush hush")
	if signer, err := loadSigner(newUI(os.Stdout, os.Stderr), key+"4"); err != nil {
		t.Errorf("%v, %v", signer, err)
	}
	os.Unsetenv("MINISIGN_PASSWORD")
	cmd, keys = terminal(t, dir, "init", "secret2", "--id", "secret", "--name", "S", "--format", "mana", "--owner", "ada", "--repository", "ada/secret", "--key", key+"5")
	said, err = converse(t, cmd, keys, "Password for the secret key: ", "\x03")
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, expected exit code 1\n%s", err, said)
	}
	if _, err := os.Stat(filepath.Join(dir, "secret2")); err == nil {
		t.Error("Ctrl-C at the password left the registry's directory")
	}

	for what, typed := range map[string]string{"Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		cmd, keys := terminal(t, dir, "init", "stopped", "-W", "--key", key+"3")
		said, err := converse(t, cmd, keys, "Id, which", "\r", "Name", "\r", "Format", "\r", "Who runs it", typed)
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 ||
			what == "Ctrl-D" && !strings.Contains(said, "stopped, and nothing was written") { // after Ctrl-C, the terminal may throw away what is said
			t.Errorf("%s: %v, expected exit code 1\n%s", what, err, said)
		}
		for _, name := range []string{filepath.Join(dir, "stopped"), key + "3"} {
			if _, err := os.Stat(name); err == nil {
				t.Errorf("%s left %s", what, name)
			}
		}
	}
}
