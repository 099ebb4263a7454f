// The shelf as a file that every browser can import: the bookmark file format that Netscape had
// (https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)).

import { Markup, markup } from "./markup.ts";
import type { Link } from "./shelf.ts";

/** bookmarkFile returns the file. Tags are in the attribute that Firefox and most bookmark services read. */
export function bookmarkFile(title: string, links: readonly Link[]): Markup {
  return markup`<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>${title}</TITLE>
<H1>${title}</H1>
<DL><p>
${links.map(entry)}</DL><p>
`;
}

function entry({ url, title, note, tags, at }: Link): Markup {
  const seconds = Math.floor(Date.parse(at) / 1000);
  return markup`<DT><A HREF="${url}" ADD_DATE="${seconds}" TAGS="${tags.join(",")}">${title}</A>
${note && markup`<DD>${note}\n`}`;
}
