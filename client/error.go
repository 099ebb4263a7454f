package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/regen-registry/regen/internal/fetch"
	"github.com/regen-registry/regen/internal/sign"
	"github.com/regen-registry/regen/internal/store"
	"github.com/regen-registry/regen/internal/tlog"
	"github.com/regen-registry/regen/internal/trust"
)

// Class says what kind of failure an [Error] is. Test vectors name the same classes.
type Class string

// The classes of failures.
const (
	Key      Class = "key"      // signed by nobody who may, or altered
	Purpose  Class = "purpose"  // signed for something else, or for another registry
	Legacy   Class = "legacy"   // a signature that isn't prehashed
	Syntax   Class = "syntax"   // isn't formed as it must be
	Expired  Class = "expired"  // the head, or the trust document, is too old: a frozen mirror, or a clock that is ahead
	Clock    Class = "clock"    // this device's clock is wrong
	Rollback Class = "rollback" // older than what the device has seen
	Fork     Class = "fork"     // two histories were signed
	Content  Class = "content"  // other bytes than a hash or a signature says
	Missing  Class = "missing"  // something that is named isn't there
	Size     Class = "size"     // more bytes than there may be
	Slow     Class = "slow"     // a server that gets nowhere
	Network  Class = "network"  // no connection, or an answer that is none
	Redirect Class = "redirect" // a server that sends elsewhere
	Archive  Class = "archive"  // breaks the rules of archives
	Wrong    Class = "wrong"    // genuine, and another package or version than the one that was asked for
	Events   Class = "events"   // events that no publisher writes
	Unknown  Class = "unknown"  // there is no such package or version
	Blocked  Class = "blocked"  // an advisory keeps it from being installed or run
	Delisted Class = "delisted" // the registry doesn't offer it any more
	Host     Class = "host"     // it is made for another version of the host
	Author   Class = "author"   // not signed by the package's author, or by another one than the device knows
	Refused  Class = "refused"  // its owner said no
	Altered  Class = "altered"  // what is installed isn't what was installed
	Local    Class = "local"    // the device itself: its disk, its state
	Busy     Class = "busy"     // another operation is at work
)

// Step is where an operation is.
type Step string

// The steps.
const (
	StepState    Step = "state"    // reading what the device knows
	StepTrust    Step = "trust"    // following the trust documents
	StepHead     Step = "head"     // reading the head
	StepLog      Step = "log"      // following the log
	StepIndex    Step = "index"    // reading the catalogue
	StepVersions Step = "versions" // reading a version list
	StepMetadata Step = "metadata" // reading the facts of a release
	StepChoose   Step = "choose"   // choosing a version
	StepAdvisory Step = "advisory" // reading what is wrong with a version
	StepDownload Step = "download" // getting the artifact
	StepUnpack   Step = "unpack"   // unpacking it, and comparing what it says of itself
	StepSwap     Step = "swap"     // putting it into its place
	StepStore    Step = "store"    // storing the new state
)

// An Error says at which step an operation failed, and how. The device is as it was.
type Error struct {
	Step  Step
	Class Class
	Err   error
	// Evidence are two heads that contradict each other, where the class is [Fork]: the one that the device had, and the one that it was shown.
	// Both are in the root's evidence/.
	Evidence [2]string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Step, e.Err) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of an error, or "" where it has none.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

func failf(step Step, class Class, format string, args ...any) error {
	return &Error{Step: step, Class: class, Err: fmt.Errorf(format, args...)}
}

// classified gives an error its step, and the class that its cause has; or the given class, where the cause has none. One that has a step keeps it.
func classified(step Step, class Class, err error) error {
	if e := (*Error)(nil); err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Step: step, Class: classOf(err, class), Err: err}
}

func classOf(err error, otherwise Class) Class {
	var f *fetch.Error
	if errors.As(err, &f) {
		switch f.Kind {
		case fetch.NotFound:
			return Missing
		case fetch.TooSlow:
			return Slow
		case fetch.Redirected:
			return Redirect
		case fetch.TooLarge:
			return Size
		case fetch.Content:
			return Content
		}
		return Network
	}
	for _, c := range []struct {
		is    error
		class Class
	}{
		{sign.ErrLegacy, Legacy},
		{trust.ErrPurpose, Purpose},
		{trust.ErrRegistry, Purpose},
		{trust.ErrEpoch, Rollback},
		{trust.ErrSigner, Key},
		{trust.ErrForged, Key},
		{trust.ErrMissing, Missing},
		{trust.ErrSyntax, Syntax},
		{tlog.ErrRewritten, Fork},
		{tlog.ErrDamaged, Content},
		{store.ErrTooLarge, Size},
		{fs.ErrNotExist, Missing},
	} {
		if errors.Is(err, c.is) {
			return c.class
		}
	}
	return otherwise
}
