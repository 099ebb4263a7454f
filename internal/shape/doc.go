// Package shape holds documents against the JSON Schemas in schema/, and decodes them.
//
// The schema files that editors use are the ones that are run here, so that there is one source for both. The rules:
//
//   - Every problem is told, up to a bound, each at its line and column.
//   - What a pattern wants is told in words: the schema's patternErrorMessage, a keyword that editors know, too.
//   - Decoding takes what fits and leaves out the rest, so that whoever reads the document can look for more that is wrong.
package shape

// The codes of problems. They are stable.
const (
	CodeType      = "schema/type"           // another kind of value
	CodeRequired  = "schema/required"       // a key isn't there
	CodeUnknown   = "schema/unknown-key"    // a key that isn't known
	CodeKey       = "schema/key"            // a key that can't be one
	CodePattern   = "schema/pattern"        // a text of another form
	CodeLength    = "schema/length"         // a text that is too short or too long
	CodeEnum      = "schema/enum"           // none of the known values
	CodeRange     = "schema/range"          // a number that is too small or too large
	CodeItems     = "schema/items"          // too few or too many items or keys
	CodeDuplicate = "schema/duplicate-item" // an item that is there twice
	CodeMany      = "schema/too-many"       // more problems than are told
)

// maxProblems bounds what is told of one document.
const maxProblems = 50

// Follows reports whether a problem of that code is likely to come of another one at the same place: a value that was told to be no text
// that everybody reads alike, say, is of another kind or form, too. Whoever told the first one needn't tell this.
func Follows(code string) bool {
	return code == CodeType || code == CodePattern || code == CodeEnum
}
