import assert from "node:assert/strict";
import manifest from "../dropapp.json" with { type: "json" };
import { actions, failure } from "../actions.ts";
import { Refused } from "../form.ts";
import { version } from "../pages.ts";
import type { Shelf } from "../shelf.ts";

const users = new Map([["anna", "Anna <3"], ["jonas", "Jonas"]]);

/** app returns the actions, with a shelf in memory, and what they answer. */
function app(names: ReadonlyMap<string, string> = users) {
  const state: { shelf: Shelf } = { shelf: { links: [] } };
  const all = actions({
    file: {
      read: () => Promise.resolve(state.shelf),
      update: (change) => Promise.resolve().then(() => state.shelf = change(state.shelf)),
    },
    names: () => Promise.resolve(names),
    now: () => new Date("2026-11-01T12:00:00Z"),
  });
  const get = (
    action: "shelf" | "newLink" | "link" | "bookmarks",
    address = "/",
    id = "",
    headers: Record<string, string> = {},
  ) => {
    const url = new URL(address, "https://appspace/");
    return all[action]({ request: new Request(url, { headers }), url, params: { id }, user: "anna" });
  };
  const post = (action: "addLink" | "editLink" | "removeLink", fields: Record<string, string>, id = "") => {
    const url = new URL("https://appspace/links");
    const request = new Request(url, { method: "POST", body: new URLSearchParams(fields) });
    return all[action]({ request, url, params: { id }, user: "anna" });
  };
  const text = async (...of: Parameters<typeof get>) => await (await get(...of)).text();
  return { state, get, post, text };
}

const book = { url: "https://example.org/?a=1&b=2", title: "<b>Title</b>", note: "one\r\n<i>two</i>", tags: `tea "cake"` };

Deno.test("what is added is on the page, as text", async () => {
  const { post, text } = app();
  const response = await post("addLink", book);
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/");
  const page = await text("shelf");
  assert.ok(page.includes(`<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">&lt;b&gt;Title&lt;/b&gt;</a>`));
  assert.ok(page.includes("one\n&lt;i&gt;two&lt;/i&gt;"));
  assert.ok(page.includes("by Anna &lt;3"));
  assert.ok(page.includes(`href="/?tag=%22cake%22">#&quot;cake&quot;</a>`));
  assert.doesNotMatch(page, /<b>|<i>/);
});

Deno.test("what can't be taken stays in the form, and the shelf as it is", async () => {
  const cases = [
    { url: "", says: "Paste the address" },
    { url: "javascript:alert(1)", says: "isn’t the address" },
    { title: "x".repeat(201), says: "200 characters" },
    { note: "x".repeat(1001), says: "1000 characters" },
    { tags: "1 2 3 4 5 6 7 8 9 10 11", says: "10 tags" },
    { tags: "x".repeat(31), says: "30 characters" },
  ];
  for (const { says, ...wrong } of cases) {
    const { state, post } = app();
    const response = await post("addLink", { ...book, ...wrong });
    assert.equal(response.status, 422, says);
    const page = await response.text();
    assert.match(page, new RegExp(`role="alert">[^<]*${says}`));
    assert.match(page, new RegExp(`name="${Object.keys(wrong)[0]}" aria-invalid="true" aria-describedby="[^"]+"`));
    assert.ok(page.includes("&lt;i&gt;two&lt;/i&gt;") || "note" in wrong);
    assert.deepEqual(state.shelf.links, []);
  }
  const { post } = app();
  assert.equal((await post("addLink", {})).status, 422);
});

Deno.test("adding what is there leads to it", async () => {
  const { state, post, text } = app();
  await post("addLink", book);
  const [{ id }] = state.shelf.links;
  const response = await post("addLink", { url: "https://example.org/?a=1&b=2" });
  assert.equal(response.headers.get("location"), `/links/${id}?known`);
  assert.match(await text("link", `/links/${id}?known`, id), /role="status">This link is on the shelf already/);
  assert.doesNotMatch(await text("link", `/links/${id}`, id), /role="status"/);
});

Deno.test("links are edited and removed", async () => {
  const { state, post, text } = app();
  await post("addLink", book);
  const [{ id }] = state.shelf.links;
  const page = await text("link", `/links/${id}`, id);
  assert.ok(page.includes(`value="https://example.org/?a=1&amp;b=2"`));
  assert.ok(page.includes(`value="tea, &quot;cake&quot;"`));
  await post("editLink", { ...book, title: "Other" }, id);
  assert.equal(state.shelf.links[0].title, "Other");
  assert.equal((await post("editLink", { ...book, url: "" }, id)).status, 422);
  await post("removeLink", {}, id);
  assert.deepEqual(state.shelf.links, []);
});

Deno.test("whoever opens a link that is gone comes back to the shelf", async () => {
  assert.equal((await app().get("link", "/links/gone", "gone")).headers.get("location"), "/");
});

Deno.test("the form can be filled in by its address", async () => {
  const page = await app().text("newLink", "/add?url=https://example.org/&title=%22A%22+%3Cb%3E");
  assert.ok(page.includes(`value="https://example.org/"`));
  assert.ok(page.includes(`value="&quot;A&quot; &lt;b&gt;"`));
});

Deno.test("search and tags narrow the page, and keep each other", async () => {
  const { post, text } = app();
  await post("addLink", { url: "https://example.org/1", title: "First", tags: "tea" });
  await post("addLink", { url: "https://example.org/2", title: "Second", tags: "cake" });
  const page = await text("shelf", "/?q=first&tag=tea");
  assert.match(page, /1 link found/);
  assert.match(page, />First</);
  assert.doesNotMatch(page, />Second</);
  assert.match(page, /name="q" value="first"/);
  assert.match(page, /name="tag" value="tea"/);
  assert.match(page, /href="\/\?q=first&amp;tag=cake"/);
  assert.match(await text("shelf", "/?q=%22%3E%3Cscript%3E"), /Nothing found/);
  assert.doesNotMatch(await text("shelf", "/?q=%22%3E%3Cscript%3E&tag=%22%3E%3Cscript%3E"), /<script/);
});

Deno.test("many links are shown page by page", async () => {
  const { post, text } = app();
  for (let i = 0; i < 51; i++) await post("addLink", { url: `https://example.org/${i}` });
  assert.match(await text("shelf"), /Page 1 of 2[^]*href="\/\?page=2">Older/);
  assert.match(await text("shelf", "/?page=2"), /href="\/">Newer[^]*Page 2 of 2/);
});

Deno.test("bookmarks are a file to save", async () => {
  const { post, get } = app();
  await post("addLink", book);
  const response = await get("bookmarks");
  assert.equal(response.headers.get("content-disposition"), 'attachment; filename="bookmarks.html"');
  assert.match(await response.text(), /^<!DOCTYPE NETSCAPE-Bookmark-file-1>/);
});

Deno.test("who added something is only said where there are several", async () => {
  const { post, text } = app(new Map([["anna", "Anna"]]));
  await post("addLink", book);
  assert.doesNotMatch(await text("shelf"), /by Anna/);
});

Deno.test("the page speaks the browser's language, dates too", async () => {
  const { post, text } = app();
  await post("addLink", book);
  const page = await text("shelf", "/", "", { "accept-language": "de" });
  assert.match(page, /<html lang="de">/);
  assert.match(page, /01\.11\.2026/);
});

Deno.test("no page needs JavaScript, or styles of its own, which Dropserver's content security policy forbids", async () => {
  const { state, post, text } = app();
  await post("addLink", book);
  const [{ id }] = state.shelf.links;
  for (const page of [await text("shelf"), await text("newLink"), await text("link", `/links/${id}`, id)]) {
    assert.doesNotMatch(page, /<script|<style| style=| on[a-z]+=|javascript:/i);
  }
});

Deno.test("failures are pages without details", async () => {
  const request = new Request("https://appspace/");
  assert.equal(failure(request, new Refused(403, "secret")).status, 403);
  const response = failure(request, new Error("secret"));
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
});

Deno.test("the stylesheet's address changes with the app's version", () => assert.equal(version, manifest.version));
