import assert from "node:assert/strict";
import { add, clear, Full, type Item, maxItems, parseList, remove, tick } from "../list.ts";

const milk: Item = { id: "1", text: "Milk", done: false, by: "anna" };
const bread: Item = { id: "2", text: "Bread", done: true, by: "jonas" };

Deno.test("a new item comes last, with an id of its own", () => {
  const items = add(add([milk], "Butter", "anna"), "Salt", "anna");
  assert.deepEqual(items.map((item) => item.text), ["Milk", "Butter", "Salt"]);
  assert.equal(new Set(items.map((item) => item.id)).size, 3);
});

Deno.test("adding what is in the basket puts it back on the list, once", () => {
  assert.deepEqual(add([milk, bread], "bread", "anna"), [milk, { ...bread, done: false }]);
});

Deno.test("a full list takes no more, but what it holds can be wanted again", () => {
  const full = Array.from({ length: maxItems }, (_, i) => ({ ...milk, id: String(i), text: `thing ${i}`, done: true }));
  assert.throws(() => add(full, "one more", "anna"), Full);
  assert.equal(add(full, "Thing 7", "anna")[7].done, false);
});

Deno.test("ticking twice is ticking once", () => {
  const once = tick([milk, bread], "1", true);
  assert.deepEqual(tick(once, "1", true), once);
  assert.deepEqual(once, [{ ...milk, done: true }, bread]);
});

Deno.test("an item that somebody else has removed is nobody's problem", () => {
  assert.deepEqual(tick([milk], "gone", true), [milk]);
  assert.deepEqual(remove([milk], "gone"), [milk]);
});

Deno.test("removing takes one off, emptying the basket all that are ticked", () => {
  assert.deepEqual(remove([milk, bread], "1"), [bread]);
  assert.deepEqual(clear([milk, bread]), [milk]);
});

Deno.test("only lists are read as lists", () => {
  assert.deepEqual(parseList({ items: [milk] }), { items: [milk] });
  for (
    const json of [null, [], {}, { items: {} }, { items: [null] }, { items: [{ ...milk, done: "no" }] }, { items: [{ id: "1" }] }]
  ) {
    assert.throws(() => parseList(json), /shopping list/, JSON.stringify(json));
  }
});
