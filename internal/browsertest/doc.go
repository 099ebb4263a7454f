// Package browsertest opens pages of a published tree in a real Chromium, for tests.
//
// The rules that it holds every page to, while a test does with it what it likes:
//
//   - The console has no warning and no error, and no script throws.
//   - Nothing violates the content security policy, be it the page's own or that of the server.
//   - Every request goes to the server under test, and succeeds.
//
// What breaks one of them is a fault, and fails the test when its tab closes.
//
// One Chromium runs for a whole test binary, from the first [Open] on; a package that uses it calls [Main] from its TestMain. Tests may run in parallel, a
// tab each; the tabs share a cache. Without Chromium a test is skipped; where REGEN_REQUIRE_TOOLS is set, as in CI, it fails.
//
// [Serve] serves a tree with the headers that the tree's own _headers file asks for, and no others but the content type: what the browser sees is what a host of static
// files would send.
package browsertest
