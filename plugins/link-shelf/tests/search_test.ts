import assert from "node:assert/strict";
import { find, fold, pageSize, readQuery, tagCounts, toAddress } from "../search.ts";
import type { Link } from "../shelf.ts";

function link(id: string, title: string, tags: string[] = [], note = ""): Link {
  return { id, url: `https://example.org/${id}`, title, note, tags, by: "anna", at: "2026-11-01T12:00:00.000Z" };
}

const shelf = [
  link("1", "Crème brûlée", ["food"]),
  link("2", "Straßenbahnen der Welt", ["trams", "travel"]),
  link("3", "Baking bread", ["food", "travel"], "sourdough for beginners"),
];

function ids(words: string, tag = ""): string[] {
  return find(shelf, { words, tag, page: 1 }).links.map((found) => found.id);
}

Deno.test("without a question, everything is found, the newest first", () => assert.deepEqual(ids(""), ["3", "2", "1"]));

Deno.test("words are found in titles, addresses, notes and tags", () => {
  assert.deepEqual(ids("bread"), ["3"]);
  assert.deepEqual(ids("example.org/2"), ["2"]);
  assert.deepEqual(ids("sourdough"), ["3"]);
  assert.deepEqual(ids("trams"), ["2"]);
  assert.deepEqual(ids("nowhere"), []);
});

Deno.test("every word has to be found, in any order", () => {
  assert.deepEqual(ids("beginners  baking"), ["3"]);
  assert.deepEqual(ids("beginners trams"), []);
});

Deno.test("case, accents and ß don't matter", () => {
  assert.deepEqual(ids("CREME brulee"), ["1"]);
  assert.deepEqual(ids("strassenbahn"), ["2"]);
  assert.deepEqual(ids("STRAẞENBAHN"), ["2"]);
  assert.equal(fold("Ǆ ﬁ ②"), "DZ FI 2");
});

Deno.test("a word can't leave the field that it is in", () => assert.deepEqual(ids("breadhttps"), []));

Deno.test("a tag narrows what is found", () => {
  assert.deepEqual(ids("", "travel"), ["3", "2"]);
  assert.deepEqual(ids("bread", "travel"), ["3"]);
  assert.deepEqual(ids("", "trave"), []);
});

Deno.test("tags are counted, in the order of the alphabet", () => {
  assert.deepEqual(tagCounts([...shelf, link("4", "x", ["äpfel"])], "de"), [["äpfel", 1], ["food", 2], ["trams", 1], [
    "travel",
    2,
  ]]);
});

Deno.test("pages hold so many links each, and the last one the rest", () => {
  const many = Array.from({ length: pageSize + 1 }, (_, i) => link(String(i), "x"));
  const page = (page: number) => find(many, { words: "", tag: "", page });
  assert.equal(page(1).links.length, pageSize);
  assert.equal(page(1).links[0].id, String(pageSize));
  assert.deepEqual(page(2).links.map((found) => found.id), ["0"]);
  assert.equal(page(99).page, 2);
  assert.deepEqual([page(1).total, page(1).pages], [pageSize + 1, 2]);
  assert.equal(find([], { words: "", tag: "", page: 3 }).pages, 1);
});

Deno.test("a query and its address are the same", () => {
  const queries = [
    { words: "", tag: "", page: 1 },
    { words: "a & b=c", tag: "ü/#", page: 3 },
    { words: "x", tag: "", page: 1 },
  ];
  for (const query of queries) assert.deepEqual(readQuery(new URL(toAddress(query), "https://appspace").searchParams), query);
  assert.equal(toAddress(queries[0]), "/");
});

Deno.test("pages that aren't numbers are the first page", () => {
  for (const page of ["0", "-1", "1.5", "1e9x", "NaN", "Infinity", ""]) {
    assert.equal(readQuery(new URLSearchParams({ page })).page, 1, page);
  }
});
