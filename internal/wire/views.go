package wire

// Views says what the views of a tree show. It names the catalogue and the log, not the serial of the head: so a
// head that is issued anew needs no view to be written, and the views of a registry don't depend on how many runs made them.
type Views struct {
	Root     string `json:"root"`     // SHA-256 of the root node
	Log      string `json:"log"`      // <entries>:<root hash hex>
	Renderer string `json:"renderer"` // digest of all that turns state into views: templates, styles, version of the renderer
	// Key is the release key that the signatures beside artifacts and metadata are by, and that release.pub holds: base64.
	Key string `json:"key"`
	// Listings are the formats for whose hosts there are listings, sorted.
	Listings []string `json:"listings,omitempty"`
}

// Retired lists what a head superseded. The files may go one head lifetime and [Grace] after the head was issued.
type Retired struct {
	Issued int64    `json:"issued"` // of the head that superseded them, unix seconds
	Paths  []string `json:"paths"`
}

// Grace is how long superseded files stay beyond one lifetime of the head, in seconds: 7 days.
const Grace = 7 * 24 * 60 * 60
