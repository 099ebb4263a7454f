package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MostSARIF is how many results GitHub's code scanning takes of a run; it refuses a file with more
// (https://docs.github.com/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit).
const MostSARIF = 25_000

// The parts of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) that findings need.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool            `json:"tool"`
		ColumnKind string               `json:"columnKind"`
		Bases      map[string]sarifBase `json:"originalUriBaseIds"`
		Results    []sarifResult        `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		URI   string      `json:"informationUri"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string         `json:"id"`
		Short   *sarifText     `json:"shortDescription,omitempty"`
		Full    *sarifText     `json:"fullDescription,omitempty"`
		Help    *sarifText     `json:"help,omitempty"`
		HelpURI string         `json:"helpUri,omitempty"`
		Default *sarifSeverity `json:"defaultConfiguration,omitempty"`
	}
	sarifSeverity struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifBase struct {
		Description sarifText `json:"description"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"` // none where the finding is about the whole file
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
)

// sarifRoot is the name that tools have for the directory that paths are relative to.
const sarifRoot = "%SRCROOT%"

// writeSARIF prints findings for GitHub's code scanning and other tools that read SARIF 2.1.0. It holds all of them, however many; see [MostSARIF].
func writeSARIF(out io.Writer, r Report, s Style) error {
	var codes []string
	for _, p := range r.Packages {
		for _, f := range p.Findings {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	rules := make([]sarifRule, len(codes))
	for i, code := range codes {
		rules[i] = s.about(code).sarif(code)
	}
	results := []sarifResult{}
	seen := make(map[string]int)
	for _, p := range r.Packages {
		for _, f := range p.Findings {
			result := f.sarif()
			result.RuleIndex, _ = slices.BinarySearch(codes, f.Code)
			result.Fingerprints = f.fingerprints(seen)
			results = append(results, result)
		}
	}
	return encode(out, sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{Name: "regen", URI: "https://github.com/regen-registry/regen", Rules: rules}},
			// The kind that is assumed of a file that doesn't say, and so by readers that don't look.
			ColumnKind: "utf16CodeUnits",
			Bases:      map[string]sarifBase{sarifRoot: {sarifText{Text: "the top of the repo"}}},
			Results:    results,
		}},
	})
}

func (a About) sarif(code string) sarifRule {
	r := sarifRule{ID: code, HelpURI: a.URL}
	if a.Severity != "" {
		r.Default = &sarifSeverity{a.Severity.sarif()}
	}
	if a.Title != "" {
		r.Short, r.Full = &sarifText{Text: a.Title}, &sarifText{Text: a.Why}
		r.Help = &sarifText{a.Why, a.Help}
	}
	return r
}

func (v Severity) sarif() string {
	if v.known() == Notice {
		return "note"
	}
	return string(v)
}

func (f Finding) sarif() sarifResult {
	message := OneLine(f.Message)
	if f.Hint != "" {
		message += "\n\nHint: " + OneLine(f.Hint)
	}
	message = strings.ReplaceAll(message, "](", "] (") // which would make a link of what is before it
	place := sarifPhysical{Artifact: sarifArtifact{uri(cmp.Or(f.Path, ".")), sarifRoot}}
	if f.Line > 0 {
		place.Region = &sarifRegion{f.Line, f.ColumnUTF16}
	}
	return sarifResult{RuleID: f.Code, Level: f.Severity.sarif(), Message: sarifText{Text: message}, Locations: []sarifLocation{{place}}}
}

// fingerprints tell a finding from others, whichever line it moves to: by its code, path and message, and the how manieth of these it is. GitHub reads
// only the one of its own name, whose value its upload action makes of the line, and takes it amiss if we do; where there is no line, nobody else makes it.
func (f Finding) fingerprints(seen map[string]int) map[string]string {
	hash := sha256.Sum256([]byte(f.Code + "\x00" + f.Path + "\x00" + f.Message))
	print := hex.EncodeToString(hash[:8])
	seen[print]++
	print = fmt.Sprintf("%s:%d", print, seen[print])
	prints := map[string]string{"regen/v1": print}
	if f.Line == 0 {
		prints["primaryLocationLineHash"] = print
	}
	return prints
}

// uri returns a path as a relative reference (RFC 3986): what isn't unreserved in it is percent-encoded.
func uri(path string) string {
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
