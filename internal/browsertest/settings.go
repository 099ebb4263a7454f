package browsertest

import (
	"github.com/chromedp/cdproto/emulation"
)

// A Scheme is the colours that the reader prefers.
type Scheme string

// The schemes.
const (
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

type settings struct {
	width, height int64
	scheme        Scheme
	still         bool
	noScript      bool
	paper         bool
}

// An Option changes how a tab shows pages.
type Option func(*settings)

// Size sets the viewport, in CSS pixels. The default is 1280 × 800.
func Size(width, height int) Option {
	return func(s *settings) { s.width, s.height = int64(width), int64(height) }
}

// In sets the scheme that the reader prefers. The default is [Light].
func In(scheme Scheme) Option { return func(s *settings) { s.scheme = scheme } }

// ReducedMotion says that the reader wants nothing to move.
func ReducedMotion() Option { return func(s *settings) { s.still = true } }

// Print shows pages as they are printed.
func Print() Option { return func(s *settings) { s.paper = true } }

// NoScript switches the scripts of pages off. What a test evaluates runs all the same.
func NoScript() Option { return func(s *settings) { s.noScript = true } }

// Set changes how the tab shows pages from now on, the one that it shows included; scripts are switched on and off for the next one.
func (tab *Tab) Set(options ...Option) {
	tab.t.Helper()
	for _, option := range options {
		option(&tab.settings)
	}
	tab.emulate()
}

func (tab *Tab) emulate() {
	tab.t.Helper()
	s := tab.settings
	motion := "no-preference"
	if s.still {
		motion = "reduce"
	}
	media := "screen"
	if s.paper {
		media = "print"
	}
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: string(s.scheme)}, {Name: "prefers-reduced-motion", Value: motion},
	}})
	call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: 1})
	call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: s.noScript})
}
