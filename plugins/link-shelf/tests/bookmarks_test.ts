import assert from "node:assert/strict";
import { bookmarkFile } from "../bookmarks.ts";

Deno.test("the bookmark file holds every link, as text", () => {
  const link = {
    id: "1",
    url: `https://example.org/?a=1&b="2"`,
    title: "<Title>",
    note: "a note & more",
    tags: ["one", `t"wo`],
    by: "anna",
    at: "2026-11-01T12:00:00.999Z",
  };
  const { html } = bookmarkFile("Shelf", [link, { ...link, note: "" }]);
  assert.ok(html.startsWith("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n"));
  const entry =
    `<DT><A HREF="https://example.org/?a=1&amp;b=&quot;2&quot;" ADD_DATE="1793534400" TAGS="one,t&quot;wo">&lt;Title&gt;</A>\n`;
  assert.ok(html.includes(`<DL><p>\n${entry}<DD>a note &amp; more\n${entry}</DL><p>\n`), html);
});
