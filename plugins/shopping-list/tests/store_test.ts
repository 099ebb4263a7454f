// Needs --allow-read --allow-write: the store is tried on real files.
import assert from "node:assert/strict";
import { JSONFile } from "../store.ts";

function parse(json: unknown): number[] {
  if (!Array.isArray(json)) throw new Error("not a list");
  return json;
}

async function inDirectory(test: (path: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory + "/numbers.json");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("without a file, the value is empty, and reading makes no file", () =>
  inDirectory(async (path) => {
    assert.deepEqual(await new JSONFile(() => path, [], parse).read(), []);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("what is written is read again, by another store too", () =>
  inDirectory(async (path) => {
    assert.deepEqual(await new JSONFile(() => path, [], parse).update((numbers) => [...numbers, 1]), [1]);
    assert.deepEqual(await new JSONFile(() => path, [], parse).read(), [1]);
  }));

Deno.test("no update is lost when many come at once", () =>
  inDirectory(async (path) => {
    const file = new JSONFile<number[]>(() => path, [], parse);
    const all = Array.from({ length: 50 }, (_, i) => i);
    await Promise.all(all.map((i) => file.update((numbers) => [...numbers, i])));
    assert.deepEqual(await file.read(), all);
  }));

Deno.test("an update that fails changes nothing, and stops no other", () =>
  inDirectory(async (path) => {
    const file = new JSONFile<number[]>(() => path, [], parse);
    await file.update(() => [1]);
    const failed = file.update(() => {
      throw new Error("no");
    });
    const next = file.update((numbers) => [...numbers, 2]);
    await assert.rejects(failed, /no/);
    assert.deepEqual(await next, [1, 2]);
  }));

Deno.test("a file that isn't understood is never written over", () =>
  inDirectory(async (path) => {
    const file = new JSONFile<number[]>(() => path, [], parse);
    for (const text of ["", "{}", "[1"]) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(file.update(() => []));
      assert.equal(await Deno.readTextFile(path), text);
    }
  }));

Deno.test("migrating changes the form of what there is, and only then", () =>
  inDirectory(async (path) => {
    const file = new JSONFile<number[]>(() => path, [], parse);
    await file.migrate(() => assert.fail("there is nothing to migrate"));
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await Deno.writeTextFile(path, `{"numbers":[1,2]}`);
    await file.migrate((json) => (json as { numbers: number[] }).numbers);
    assert.deepEqual(await file.read(), [1, 2]);
  }));
