import assert from "node:assert/strict";
import manifest from "../dropapp.json" with { type: "json" };
import { actions, failure } from "../actions.ts";
import { Refused } from "../form.ts";
import { type List, maxLength } from "../list.ts";
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
  const post = (
    action: "addItem" | "editItem" | "tickItem" | "removeItem" | "clearBasket",
    fields: Record<string, string>,
    id = "",
  ) =>
    all[action]({
      request: new Request("https://appspace/", { method: "POST", body: new URLSearchParams(fields) }),
      params: { id },
      user: "anna",
    });
  const page = async (headers: Record<string, string> = {}) => {
    const response = await all.list({ request: new Request("https://appspace/", { headers }), params: {}, user: "anna" });
    return await response.text();
  };
  const itemPage = (id: string) => all.item({ request: new Request("https://appspace/"), params: { id }, user: "anna" });
  return { state, post, page, itemPage };
}

Deno.test("what is added is on the page, as text", async () => {
  const { post, page } = app();
  const response = await post("addItem", { name: "<b>Milk</b> & honey", amount: "<1 l", section: `"><i>` });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/");
  const text = await page();
  assert.ok(text.includes("&lt;b&gt;Milk&lt;/b&gt; &amp; honey"));
  assert.ok(text.includes("&lt;1 l"));
  assert.ok(text.includes("<h2>&quot;&gt;&lt;i&gt;</h2>"));
  assert.doesNotMatch(text, /<b>Milk|<i>/);
  assert.ok(text.includes("added by Anna &lt;3"));
});

Deno.test("an empty field adds nothing and says why", async () => {
  for (const name of ["", "   ", "\n\t"]) {
    const { state, post } = app();
    const response = await post("addItem", { name, amount: "2" });
    assert.equal(response.status, 422);
    const text = await response.text();
    assert.match(text, /role="alert">Write what you need/);
    assert.match(text, /value="2"/);
    assert.deepEqual(state.list, { items: [] });
  }
  const { post } = app();
  assert.equal((await post("addItem", {})).status, 422);
});

Deno.test("what is too long stays in its field", async () => {
  for (const field of ["name", "amount", "section"] as const) {
    const { state, post } = app();
    const longest = { name: "Milk", amount: "1", section: "Dairy", [field]: "ä".repeat(maxLength[field]) };
    assert.equal((await post("addItem", longest)).status, 303);
    const response = await post("addItem", { ...longest, [field]: `"${longest[field]}` });
    assert.equal(response.status, 422);
    const input = new RegExp(`<input[^>]*name="${field}" value="&quot;${longest[field]}"[^>]*aria-invalid="true"`);
    assert.match(await response.text(), input);
    assert.equal(state.list.items.length, 1);
  }
});

Deno.test("items are ticked, unticked, removed and cleared", async () => {
  const { state, post, page } = app();
  for (const name of ["Milk", "Bread", "Salt"]) await post("addItem", { name });
  const [milk, bread] = state.list.items;
  await post("tickItem", { done: "yes" }, milk.id);
  await post("tickItem", { done: "yes" }, bread.id);
  await post("tickItem", { done: "no" }, bread.id);
  assert.deepEqual(state.list.items.map((item) => item.done), [true, false, false]);
  assert.match(await page(), /2 things to get/);
  await post("removeItem", {}, bread.id);
  await post("clearBasket", {});
  assert.deepEqual(state.list.items.map((item) => item.name), ["Salt"]);
  assert.match(await page(), /1 thing to get/);
});

Deno.test("an item is changed on a page of its own", async () => {
  const { state, post, itemPage } = app();
  await post("addItem", { name: `"Milk"`, amount: "1 l", section: "Dairy" });
  const [{ id }] = state.list.items;
  assert.match(await (await itemPage(id)).text(), /name="name" value="&quot;Milk&quot;"/);
  assert.equal((await post("editItem", { name: "Oat milk", amount: "2 l" }, id)).status, 303);
  const { name, amount, section, by } = state.list.items[0];
  assert.deepEqual({ name, amount, section, by }, { name: "Oat milk", amount: "2 l", section: "", by: "anna" });
  const response = await post("editItem", { name: " ", amount: "3 l" }, id);
  assert.equal(response.status, 422);
  assert.match(await response.text(), /value="3 l"/);
  assert.equal(state.list.items[0].name, "Oat milk");
});

Deno.test("whoever opens an item that is gone comes back to the list", async () => {
  const { post, itemPage } = app();
  assert.equal((await itemPage("gone")).headers.get("location"), "/");
  assert.equal((await post("editItem", { name: "Milk" }, "gone")).headers.get("location"), "/");
  assert.equal((await post("editItem", { name: "" }, "gone")).headers.get("location"), "/");
});

Deno.test("headings stand where there are sections", async () => {
  const { post, page } = app();
  await post("addItem", { name: "Salt" });
  assert.doesNotMatch(await page(), /<h2>/);
  await post("addItem", { name: "Milk", section: "Dairy" });
  assert.match(await page(), /<h2>Dairy<\/h2>[^]*<h2>Anything else<\/h2>/);
});

Deno.test("who added something is only said where there are several", async () => {
  const item = { id: "1", name: "Milk", amount: "", section: "", done: false, by: "anna" };
  const list = { items: [item, { ...item, id: "2", by: "left" }] };
  assert.match(await app(list).page(), /added by somebody/);
  assert.doesNotMatch(await app(list, new Map([["anna", "Anna"]])).page(), /added by/);
});

Deno.test("the page speaks the browser's language", async () => {
  const text = await app().page({ "accept-language": "de-DE,de;q=0.9,en;q=0.5" });
  assert.match(text, /<html lang="de">/);
  assert.match(text, /Nichts zu besorgen/);
});

Deno.test("no page needs JavaScript, or styles of its own, which Dropserver's content security policy forbids", async () => {
  const { state, post, page, itemPage } = app();
  const forbidden = /<script|<style| style=| on[a-z]+=|javascript:/i;
  await post("addItem", { name: "Milk" });
  assert.doesNotMatch(await page(), forbidden);
  assert.doesNotMatch(await (await itemPage(state.list.items[0].id)).text(), forbidden);
});

Deno.test("failures are pages without details", async () => {
  const request = new Request("https://appspace/");
  assert.equal(failure(request, new Refused(403, "secret")).status, 403);
  const response = failure(request, new Error("secret"));
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
});

Deno.test("the stylesheet's address changes with the app's version", () => assert.equal(version, manifest.version));
