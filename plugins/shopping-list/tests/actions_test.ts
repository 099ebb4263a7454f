import assert from "node:assert/strict";
import manifest from "../dropapp.json" with { type: "json" };
import { actions, failure } from "../actions.ts";
import { Refused } from "../form.ts";
import { type List, maxText } from "../list.ts";
import { version } from "../pages.ts";

const users = new Map([["anna", "Anna <3"], ["jonas", "Jonas"]]);

/** app returns the actions, with a list in memory, and what they answer to a form. */
function app(list: List = { items: [] }, names: ReadonlyMap<string, string> = users) {
  const state = { list };
  const all = actions({
    file: {
      read: () => Promise.resolve(state.list),
      update: (change) => Promise.resolve().then(() => state.list = change(state.list)),
    },
    names: () => Promise.resolve(names),
  });
  const post = (action: "addItem" | "tickItem" | "removeItem" | "clearBasket", fields: Record<string, string>, id = "") =>
    all[action]({
      request: new Request("https://appspace/", { method: "POST", body: new URLSearchParams(fields) }),
      params: { id },
      user: "anna",
    });
  const page = async (headers: Record<string, string> = {}) => {
    const response = await all.list({ request: new Request("https://appspace/", { headers }), params: {}, user: "anna" });
    return await response.text();
  };
  return { state, post, page };
}

Deno.test("what is added is on the page, as text", async () => {
  const { post, page } = app();
  const response = await post("addItem", { text: "<b>Milk</b> & honey" });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/");
  const text = await page();
  assert.ok(text.includes("&lt;b&gt;Milk&lt;/b&gt; &amp; honey"));
  assert.ok(!text.includes("<b>Milk"));
  assert.ok(text.includes("added by Anna &lt;3"));
});

Deno.test("an empty field adds nothing and says why", async () => {
  for (const text of ["", "   ", "\n\t"]) {
    const { state, post } = app();
    const response = await post("addItem", { text });
    assert.equal(response.status, 422);
    assert.match(await response.text(), /role="alert">Write what you need/);
    assert.deepEqual(state.list, { items: [] });
  }
  const { post } = app();
  assert.equal((await post("addItem", {})).status, 422);
});

Deno.test("what is too long stays in the field", async () => {
  const { state, post } = app();
  assert.equal((await post("addItem", { text: "ä".repeat(maxText) })).status, 303);
  const response = await post("addItem", { text: `"${"x".repeat(maxText)}` });
  assert.equal(response.status, 422);
  assert.ok((await response.text()).includes(`value="&quot;${"x".repeat(maxText)}"`));
  assert.equal(state.list.items.length, 1);
});

Deno.test("items are ticked, unticked, removed and cleared", async () => {
  const { state, post, page } = app();
  for (const text of ["Milk", "Bread", "Salt"]) await post("addItem", { text });
  const [milk, bread] = state.list.items;
  await post("tickItem", { done: "yes" }, milk.id);
  await post("tickItem", { done: "yes" }, bread.id);
  await post("tickItem", { done: "no" }, bread.id);
  assert.deepEqual(state.list.items.map((item) => item.done), [true, false, false]);
  assert.match(await page(), /2 things to get/);
  await post("removeItem", {}, bread.id);
  await post("clearBasket", {});
  assert.deepEqual(state.list.items.map((item) => item.text), ["Salt"]);
  assert.match(await page(), /1 thing to get/);
});

Deno.test("who added something is only said where there are several", async () => {
  const list = {
    items: [{ id: "1", text: "Milk", done: false, by: "anna" }, { id: "2", text: "Salt", done: false, by: "left" }],
  };
  assert.match(await app(list).page(), /added by somebody/);
  assert.doesNotMatch(await app(list, new Map([["anna", "Anna"]])).page(), /added by/);
});

Deno.test("the page speaks the browser's language", async () => {
  const text = await app().page({ "accept-language": "de-DE,de;q=0.9,en;q=0.5" });
  assert.match(text, /<html lang="de">/);
  assert.match(text, /Nichts zu besorgen/);
});

Deno.test("no page needs JavaScript, or styles of its own, which Dropserver's content security policy forbids", async () => {
  const { post, page } = app();
  await post("addItem", { text: "Milk" });
  assert.doesNotMatch(await page(), /<script|<style| style=| on[a-z]+=|javascript:/i);
});

Deno.test("failures are pages without details", async () => {
  const request = new Request("https://appspace/");
  assert.equal(failure(request, new Refused(403, "secret")).status, 403);
  const response = failure(request, new Error("secret"));
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
});

Deno.test("the stylesheet's address changes with the app's version", () => assert.equal(version, manifest.version));
