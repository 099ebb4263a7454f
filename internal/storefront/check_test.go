package storefront

import "testing"

// The samples suit the built-in site.
func TestCheck(t *testing.T) {
	if err := newRenderer(t).Check(); err != nil {
		t.Fatal(err)
	}
}
