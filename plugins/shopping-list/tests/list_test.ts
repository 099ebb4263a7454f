import assert from "node:assert/strict";
import { add, bySection, clear, edit, Full, type Item, maxItems, parseList, remove, sections, tick, type Wish } from "../list.ts";

const milk: Item = { id: "1", name: "Milk", amount: "1 l", section: "Dairy", done: false, by: "anna" };
const bread: Item = { id: "2", name: "Bread", amount: "", section: "", done: true, by: "jonas" };

function wish(name: string, amount = "", section = ""): Wish {
  return { name, amount, section };
}

Deno.test("a new item comes last, with an id of its own", () => {
  const items = add(add([milk], wish("Butter"), "anna"), wish("Salt", "1 pack", "Spices"), "anna");
  assert.deepEqual(items.map((item) => item.name), ["Milk", "Butter", "Salt"]);
  assert.deepEqual(items.map((item) => item.section), ["Dairy", "", "Spices"]);
  assert.equal(new Set(items.map((item) => item.id)).size, 3);
});

Deno.test("adding what is in the basket puts it back on the list, once", () => {
  assert.deepEqual(add([milk, bread], wish("bread"), "anna"), [milk, { ...bread, done: false }]);
});

Deno.test("adding something again says how much of it, and where, if that is said", () => {
  assert.deepEqual(add([milk], wish("milk", "2 l"), "anna"), [{ ...milk, amount: "2 l" }]);
  assert.deepEqual(add([milk], wish("milk", "", "Fridge"), "anna"), [{ ...milk, section: "Fridge" }]);
});

Deno.test("a full list takes no more, but what it holds can be wanted again", () => {
  const full = Array.from({ length: maxItems }, (_, i) => ({ ...milk, id: String(i), name: `thing ${i}`, done: true }));
  assert.throws(() => add(full, wish("one more"), "anna"), Full);
  assert.equal(add(full, wish("Thing 7"), "anna")[7].done, false);
});

Deno.test("a section is spelled as it was before", () => {
  assert.equal(add([milk], wish("Cream", "", "dairy"), "anna")[1].section, "Dairy");
  assert.equal(edit([milk, bread], "2", wish("Bread", "", "DAIRY"))[1].section, "Dairy");
});

Deno.test("the only item of a section can have it spelled otherwise", () => {
  assert.equal(edit([milk, bread], "1", wish("Milk", "", "dairy"))[0].section, "dairy");
});

Deno.test("ticking twice is ticking once", () => {
  const once = tick([milk, bread], "1", true);
  assert.deepEqual(tick(once, "1", true), once);
  assert.deepEqual(once, [{ ...milk, done: true }, bread]);
});

Deno.test("an item that somebody else has removed is nobody's problem", () => {
  assert.deepEqual(tick([milk], "gone", true), [milk]);
  assert.deepEqual(edit([milk], "gone", wish("Salt")), [milk]);
  assert.deepEqual(remove([milk], "gone"), [milk]);
});

Deno.test("removing takes one off, emptying the basket all that are ticked", () => {
  assert.deepEqual(remove([milk, bread], "1"), [bread]);
  assert.deepEqual(clear([milk, bread]), [milk]);
});

Deno.test("sections are in the order of the alphabet, and what has none comes last", () => {
  const items = [bread, milk, { ...milk, section: "Öl" }, { ...milk, section: "Obst" }, { ...milk, section: "Zeitungen" }];
  assert.deepEqual(sections(items, "de"), ["Dairy", "Obst", "Öl", "Zeitungen"]);
  assert.deepEqual(bySection(items, "de").map((group) => group.section), ["Dairy", "Obst", "Öl", "Zeitungen", ""]);
  assert.deepEqual(bySection([bread, milk], "en"), [{ section: "Dairy", items: [milk] }, { section: "", items: [bread] }]);
  assert.deepEqual(bySection([], "en"), []);
});

Deno.test("only lists are read as lists", () => {
  assert.deepEqual(parseList({ items: [milk] }), { items: [milk] });
  const { section: _, ...without } = milk;
  for (
    const json of [null, [], {}, { items: {} }, { items: [null] }, { items: [{ ...milk, done: "no" }] }, { items: [without] }]
  ) {
    assert.throws(() => parseList(json), /shopping list/, JSON.stringify(json));
  }
});
