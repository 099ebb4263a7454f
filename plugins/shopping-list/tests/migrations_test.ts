import assert from "node:assert/strict";
import { parseList } from "../list.ts";
import { downFrom1, upTo1 } from "../migrations.ts";

const old = {
  items: [{ id: "1", text: "2 kg flour", done: false, by: "anna" }, { id: "2", text: "Bread", done: true, by: "jonas" }],
};

Deno.test("up to 1: the text becomes the name", () => {
  assert.deepEqual(upTo1(old), {
    items: [
      { id: "1", name: "2 kg flour", amount: "", section: "", done: false, by: "anna" },
      { id: "2", name: "Bread", amount: "", section: "", done: true, by: "jonas" },
    ],
  });
});

Deno.test("down from 1: the amount goes before the name", () => {
  const list = parseList({ items: [{ id: "1", name: "flour", amount: "2 kg", section: "Baking", done: false, by: "anna" }] });
  assert.deepEqual(downFrom1(list), { items: [{ id: "1", text: "2 kg flour", done: false, by: "anna" }] });
});

Deno.test("up and down again, nothing has changed", () => assert.deepEqual(downFrom1(upTo1(old)), old));

Deno.test("what isn't a list isn't migrated", () => {
  for (const json of [null, {}, { items: [{ id: "1" }] }]) {
    assert.throws(() => upTo1(json));
    assert.throws(() => downFrom1(json));
  }
});
