package main

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/regen-registry/regen/client"
)

// deviceHints say what to do about each class of failure of a device.
var deviceHints = map[client.Class]string{
	client.Key:      "are --url and --pub those of the registry? a root stays with what it pinned first. if they are, the mirror is altered: use another one",
	client.Purpose:  "is --url the registry that this root belongs to? another registry takes another --root",
	client.Legacy:   "the registry signs in a way that isn't safe any more: tell its operators",
	client.Syntax:   "what the mirror serves isn't a registry's, or it is damaged: check --url, or use another mirror",
	client.Expired:  "what is installed goes on working. is the clock right? if so, use another mirror, or ask the registry's operators to publish",
	client.Clock:    "set the clock of this device; --clock-tolerance says how far it may be behind",
	client.Rollback: "the mirror is out of date, or plays an old state back: use another one",
	client.Fork:     "don't install anything: both heads are in evidence/ below the root; show them to the registry's operators",
	client.Content:  "the mirror is damaged or altered: use another one",
	client.Missing:  "the mirror isn't complete, or it isn't a registry: check --url, or use another one",
	client.Size:     "the mirror serves more than there may be: use another one",
	client.Slow:     "try again later, or use another mirror",
	client.Network:  "check --url and the network; more mirrors can stand behind a comma",
	client.Redirect: "name the address that the mirror leads to, or use another mirror",
	client.Archive:  "the package isn't safe to unpack: tell the registry's operators",
	client.Wrong:    "the registry's own documents contradict each other: tell its operators",
	client.Events:   "the registry's log holds what no publisher writes: tell its operators, or use a newer version of this program",
	client.Unknown:  "`regen device search` lists what there is, `regen device show` the versions, and `regen device list` what is installed",
	client.Blocked:  "`regen device show` lists the versions that aren't blocked",
	client.Delisted: "what is installed of it stays; `regen device search` may find what takes its place",
	client.Host:     "update the host, or see with `regen device show` whether an older version fits",
	client.Author:   "don't install it unless you know why: somebody may have taken the registry over. ask the author by another way; `regen device install ID --new-author` agrees to another author",
	client.Altered:  "`regen device verify` tells what is altered; installing the version again mends it",
	client.Local:    "the device is as it was: check the directory that --root names",
	client.Busy:     "wait for the other command to end",
}

// deviceHint returns what to do about an error of a device, "" for another error.
func deviceHint(err error) string {
	class := client.ClassOf(err)
	if class == client.Local {
		switch {
		case errors.Is(err, syscall.ENOSPC):
			return "free some space and run again: the device is as it was"
		case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
			return "the directory that --root names can't be written: check how it is mounted, and its permissions"
		}
	}
	return deviceHints[class]
}
