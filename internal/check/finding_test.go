package check

import "testing"

func TestPosition(t *testing.T) {
	const data = "ab\nc\xffd\n\ne"
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 3}, {7, 3, 1}, {8, 4, 1}, {9, 4, 2}, {99, 4, 2}, {-1, 1, 1},
	} {
		if line, column := Position([]byte(data), c.offset); line != c.line || column != c.column {
			t.Errorf("offset %d: line %d, column %d, expected %d and %d", c.offset, line, column, c.line, c.column)
		}
	}
}

func TestFindings(t *testing.T) {
	fs := Findings{
		{Code: "b/x", Severity: Error, Path: "b", Message: "2"},
		{Code: "a/x", Severity: Warning, Path: "a", Line: 7, Column: 3, Message: "1"},
		{Code: "a/w", Severity: Error, Path: "a", Line: 7, Message: "0"},
	}
	fs.Sort()
	want := []string{"a:7: 0", "a:7:3: 1", "b: 2"}
	for i, f := range fs {
		if f.String() != want[i] {
			t.Errorf("finding %d is %q, expected %q", i, f, want[i])
		}
	}
	if errs := fs.Errors(); len(errs) != 2 || errs[0].Code != "a/w" || errs[1].Code != "b/x" {
		t.Errorf("errors are %v", errs)
	}
	if s := (Finding{Message: "alone"}).String(); s != "alone" {
		t.Errorf("a finding without a place is %q", s)
	}
}
