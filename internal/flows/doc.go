// Package flows tests the workflows of GitHub Actions, those of this repo and those that new registries get.
//
// It holds them to the rules that keep strangers away from keys and writable tokens:
//
//   - What actionlint finds is mended.
//   - Every action is pinned by a full commit hash, with its version in a comment; every checkout leaves no credentials behind.
//   - A job has the permissions that it needs and no others, and a bound on its time.
//   - No expression stands inside a script: what comes from outside is passed in the environment. A secret is in the environment of one step, in a job with a protected environment.
//   - What prints text of strangers does it between ::stop-commands:: and its end.
//   - What a pull request starts has no secrets and cannot write. What can write after one runs nothing of it.
//
// And it executes every step of validate, report and publish, in a runner that behaves as GitHub's does, against a forge on this machine: git over https with
// tokens that carry the permissions of their job, and the parts of the API that are used.
package flows
