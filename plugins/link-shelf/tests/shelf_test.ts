import assert from "node:assert/strict";
import { maxForm } from "../form.ts";
import { add, type Book, draftOf, edit, Full, hostOf, Known, type Link, maxLength, maxLinks } from "../shelf.ts";
import { parseShelf, readDraft, readTags, remove, toBook, webAddress } from "../shelf.ts";

const book: Book = { url: "https://example.org/a", title: "A", note: "", tags: ["one"] };
const link: Link = { id: "1", ...book, by: "anna", at: "2026-11-01T12:00:00.000Z" };
const draft = { url: "https://example.org/a", title: "A", note: "", tags: "one" };

Deno.test("a new link comes last, with an id and a date", () => {
  const links = add([link], { ...book, url: "https://example.org/b" }, "jonas", new Date("2026-11-02T00:00:00Z"));
  assert.equal(links.length, 2);
  assert.notEqual(links[1].id, links[0].id);
  assert.equal(links[1].at, "2026-11-02T00:00:00.000Z");
  assert.equal(links[1].by, "jonas");
});

Deno.test("no address is on the shelf twice", () => {
  const other = { ...link, id: "2", url: "https://example.org/b" };
  assert.throws(() => add([link], book, "jonas", new Date()), (error) => error instanceof Known && error.link === link);
  assert.throws(() => edit([link, other], "2", book), Known);
  assert.equal(edit([link, other], "1", { ...book, title: "B" })[0].title, "B");
});

Deno.test("a full shelf takes no more", () => {
  const full = Array.from({ length: maxLinks }, (_, i) => ({ ...link, id: String(i), url: `https://example.org/${i}` }));
  assert.throws(() => add(full, book, "anna", new Date()), Full);
});

Deno.test("editing keeps who added a link, and when; a link that is gone stays gone", () => {
  const [{ by, at, title }] = edit([link], "1", { ...book, title: "B" });
  assert.deepEqual({ by, at, title }, { by: "anna", at: link.at, title: "B" });
  assert.deepEqual(edit([link], "gone", { ...book, url: "https://example.org/b" }), [link]);
  assert.deepEqual(remove([link], "gone"), [link]);
  assert.deepEqual(remove([link], "1"), []);
});

Deno.test("addresses of web pages are understood as people type them", () => {
  const cases = {
    "https://example.org": "https://example.org/",
    "HTTP://Example.ORG/Path?q=1#top": "http://example.org/Path?q=1#top",
    "example.org/x": "https://example.org/x",
    "example.org:8080/x": "https://example.org:8080/x",
    "localhost:3003": "https://localhost:3003/",
    "https://anna:secret@example.org/": "https://example.org/",
    "https://bücher.example/ä b": "https://xn--bcher-kva.example/%C3%A4%20b",
    "https://[::1]/": "https://[::1]/",
  };
  for (const [typed, url] of Object.entries(cases)) assert.equal(webAddress(typed), url, typed);
});

Deno.test("other addresses are not", () => {
  const others = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,<script>",
    "mailto:a@example.org",
    "file:///etc/passwd",
    "ftp://example.org/",
    "blob:https://example.org/1",
    "https://",
    "http://[",
    "two words",
    "",
  ];
  for (const typed of others) assert.equal(webAddress(typed), undefined, typed);
});

Deno.test("whatever is taken for an address can only lead to a web page", () => {
  for (
    const typed of [
      "javascript:1",
      "data:0,x",
      "java\tscript:alert(1)",
      " javascript:alert(1)",
      "//example.org",
      "\\\\example.org",
    ]
  ) {
    const url = webAddress(typed);
    if (url !== undefined) assert.match(url, /^https?:\/\/[^/]/, typed);
  }
});

Deno.test("hosts are named as people name them", () => {
  assert.equal(hostOf("https://www.example.org/a"), "example.org");
  assert.equal(hostOf("https://example.org:8443/a"), "example.org:8443");
});

Deno.test("tags are words, each once", () => {
  assert.deepEqual(readTags(" #Reading, deno;Übung  reading,,## "), ["reading", "deno", "übung"]);
  assert.deepEqual(readTags(""), []);
});

Deno.test("a draft becomes a book", () => {
  assert.deepEqual(toBook(draft), book);
  assert.deepEqual(toBook({ url: "www.example.org/docs/", title: "", note: "x", tags: "" }), {
    url: "https://www.example.org/docs/",
    title: "example.org/docs",
    note: "x",
    tags: [],
  });
  assert.deepEqual(toBook(draftOf({ ...book, tags: ["one", "two"] })), { ...book, tags: ["one", "two"] });
});

Deno.test("a draft may be as long as the limits, and no longer", () => {
  const address = (n: number) => "https://example.org/".padEnd(n, "a");
  const many = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`).join(" ");
  assert.ok(!("is" in toBook({ ...draft, url: address(maxLength.url) })));
  assert.deepEqual(toBook({ ...draft, url: address(maxLength.url + 1) }), { field: "url", is: "long" });
  assert.ok(!("is" in toBook({ ...draft, title: "ä".repeat(maxLength.title) })));
  assert.deepEqual(toBook({ ...draft, title: "ä".repeat(maxLength.title + 1) }), { field: "title", is: "long" });
  assert.ok(!("is" in toBook({ ...draft, note: "😀".repeat(maxLength.note) })));
  assert.deepEqual(toBook({ ...draft, note: "😀".repeat(maxLength.note + 1) }), { field: "note", is: "long" });
  assert.ok(!("is" in toBook({ ...draft, tags: many(maxLength.tags) })));
  assert.deepEqual(toBook({ ...draft, tags: many(maxLength.tags + 1) }), { field: "tags", is: "many" });
  assert.ok(!("is" in toBook({ ...draft, tags: "t".repeat(maxLength.tag) })));
  assert.deepEqual(toBook({ ...draft, tags: "t".repeat(maxLength.tag + 1) }), { field: "tags", is: "long" });
});

Deno.test("the longest draft fits into a form", () => {
  const tags = Array.from({ length: maxLength.tags }, () => "😀".repeat(maxLength.tag)).join(",");
  const longest = {
    url: "x".repeat(maxLength.url),
    title: "😀".repeat(maxLength.title),
    note: "😀".repeat(maxLength.note),
    tags,
  };
  assert.ok(new URLSearchParams(longest).toString().length <= maxForm);
});

Deno.test("a draft without an address is refused", () => {
  assert.deepEqual(toBook(readDraft(new URLSearchParams())), { field: "url", is: "missing" });
  assert.deepEqual(toBook(readDraft(new URLSearchParams({ url: "  " }))), { field: "url", is: "missing" });
  assert.deepEqual(toBook(readDraft(new URLSearchParams({ url: "javascript:alert(1)" }))), { field: "url", is: "no-address" });
});

Deno.test("only shelves are read as shelves", () => {
  assert.deepEqual(parseShelf({ links: [link] }), { links: [link] });
  const others = [
    null,
    [],
    {},
    { links: {} },
    { links: [null] },
    { links: [{ ...link, tags: "one" }] },
    { links: [{ ...link, at: "yesterday" }] },
    { links: [{ ...link, url: "javascript:alert(1)" }] },
  ];
  for (const json of others) assert.throws(() => parseShelf(json), /something other than links/, JSON.stringify(json));
});
