// Package archive packs the files of a package into one deterministic file, and
// reads and unpacks such a file without trusting it.
//
// The same rules hold for creating, checking and extracting. What one of them
// refuses, all of them refuse, so that whatever is packed here can be unpacked
// everywhere.
//
// Rules for paths, in every format ([CheckPath], [CheckPaths]):
//
//   - A path names a regular file. There are no entries for directories,
//     symbolic links or anything else.
//   - It is valid UTF-8, at most [MaxPath] bytes long, each component at most
//     [MaxComponent].
//   - Components are separated by single slashes. None is empty, "." or "..",
//     and there is no slash at either end.
//   - It holds no control character, no invisible formatting character and none
//     of \ < > : " | ? *, which Windows refuses or takes for a separator.
//   - No component ends in a dot or a space, is a Windows device name, with or
//     without an extension, or is ".git" or its NTFS short name, in any case.
//   - No two files, and no two directories, differ only in letter case or in
//     Unicode normal form. No path is there twice. No file is also a directory.
//   - The files lie in at most 65,534 directories, those above other directories counted.
//
// The lengths and the components count in the name as it stands in the archive,
// with the prefix.
//
// Rules for content: there are no clock, user or host data, and no permissions;
// an executable bit is dropped.
//
// Rules for a stored zip ([StoredZip], [ReadZip], [ExtractZip]), where the numbers
// are sections of PKWARE's APPNOTE.TXT 6.3.10:
//
//   - Every entry is a local header (4.3.7), at once followed by its content. The
//     first starts at offset 0, each next one where the last one ended, in byte
//     order of their names. The central directory (4.3.12) follows at once, then
//     the end record (4.3.16), and nothing after that.
//   - Method 0, stored (4.4.5). Flags 0x0800, UTF-8 names (4.4.4): so no
//     encryption and no data descriptors.
//   - Version made by and version needed are 20 (4.4.2, 4.4.3), and the host is
//     0, so that external attributes can't mean a unix mode.
//   - Time 0 and date 0x0021, which is 1980-01-01 (4.4.6).
//   - No extra fields, no comments, no second disk, internal and external
//     attributes 0.
//   - A local header says the same as its central entry, and the CRC-32 of the
//     content is right.
//   - No zip64 (4.5.3): at most 65,534 entries and less than 4 GiB - 1 altogether,
//     since fields of all ones are zip64's mark.
//
// Rules for a stored .tar.gz ([StoredTarGz], [ReadTarGz], [ExtractTarGz]):
//
//   - The tar is POSIX.1-2017's ustar: magic "ustar" and a NUL, version "00". Every
//     entry is a header, at once followed by its content, filled up with zeros to a
//     multiple of 512 bytes. Entries are in byte order of their names. Two blocks of
//     zeros follow, and nothing after that.
//   - Type flag "0", a regular file: so no pax headers and no extensions of GNU tar.
//   - Mode 0644. User, group, time, device are 0, and the names of link, user and
//     group are empty. Numbers are octal digits that fill their field up to a NUL,
//     the checksum's up to a NUL and a space.
//   - A file is smaller than 8 GiB, which is what 11 octal digits can say.
//   - A name of up to 100 bytes stands in the name field. A longer one is split at
//     the last slash that has at most 155 bytes before it, for the prefix field, and
//     must have at most 100 after it. It is UTF-8, though POSIX promises no more than ASCII.
//   - Around it is gzip (RFC 1952): one member, whose header is 1f 8b 08, flags 0,
//     time 0, extra flags 0, system 255; its CRC-32 and size are right, and nothing
//     follows it.
//   - In that is deflate (RFC 1951), in stored blocks of 65,535 bytes. The last one has
//     what is left, at least a byte, and is marked as final. The bits up to a block's
//     length are 0.
//
// Together they leave one way to write a set of files: an archive that is accepted is,
// byte for byte, what [StoredZip] or [StoredTarGz] makes of its content. So it can be made
// again from the directory into which it was unpacked ([Files]).
package archive

// File is one regular file to be packed.
type File struct {
	Path string // slash-separated, below the archive's prefix
	Data []byte // never copied and never changed
	Exec bool   // ignored: executable bits are dropped
}

// Limits bounds what an archive may hold. Every field must be positive; there is
// no value for "unlimited".
type Limits struct {
	Files    int   // how many files
	FileSize int64 // content of one file, in bytes
	Size     int64 // content of all files together, in bytes
}

// DefaultLimits returns bounds that no sensible package reaches: as many files as
// a zip can name, 1 GiB a file, 2 GiB altogether.
func DefaultLimits() Limits {
	return Limits{Files: maxEntries, FileSize: 1 << 30, Size: 2 << 30}
}
