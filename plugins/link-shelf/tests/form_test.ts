import assert from "node:assert/strict";
import { length, lines, maxForm, oneLine, readForm, Refused } from "../form.ts";

function request(body: string, headers: Record<string, string> = {}): Request {
  const type = "application/x-www-form-urlencoded";
  return new Request("https://appspace/links", { method: "POST", body, headers: { "content-type": type, ...headers } });
}

function refusedWith(status: number) {
  return (error: unknown) => error instanceof Refused && error.status === status;
}

Deno.test("a form of the app's own pages is read", async () => {
  const form = await readForm(request("title=Br%C3%B6tchen+%26+Milch", { "sec-fetch-site": "same-origin" }));
  assert.equal(form.get("title"), "Brötchen & Milch");
});

Deno.test("a form of another site is refused", async () => {
  for (const site of ["cross-site", "same-site", "none"]) {
    await assert.rejects(readForm(request("text=x", { "sec-fetch-site": site })), refusedWith(403), site);
  }
});

Deno.test("what isn't a form is refused", async () => {
  await assert.rejects(readForm(request("{}", { "content-type": "application/json" })), refusedWith(415));
  await assert.rejects(readForm(new Request("https://appspace/", { method: "POST" })), refusedWith(415));
});

Deno.test("a form may be as large as the limit, and no larger", async () => {
  await readForm(request("x".repeat(maxForm)));
  await assert.rejects(readForm(request("x".repeat(maxForm + 1))), refusedWith(413));
});

Deno.test("bytes that aren't UTF-8 don't fail", async () => {
  const body = new Uint8Array([0x74, 0x3d, 0xff, 0xc3]);
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" };
  const form = await readForm(new Request("https://appspace/", { method: "POST", body, headers }));
  assert.equal(form.get("t"), "\ufffd\ufffd");
});

Deno.test("what was typed becomes one tidy line", () => {
  assert.equal(oneLine("  2 kg\tflour \r\n wholemeal\u2028\u0000 "), "2 kg flour wholemeal");
  assert.equal(oneLine("Ka\u0308se"), "Käse");
  assert.equal(oneLine("milk\u202egnp.exe"), "milk gnp.exe");
  assert.equal(oneLine("👩‍🍳"), "👩‍🍳");
  assert.equal(oneLine(" \u00a0\u3000 "), "");
  assert.equal(oneLine(null), "");
});

Deno.test("a note keeps its lines", () => {
  assert.equal(lines(" one \r\n\ttwo\n\n\n\nthree\rfour\u2028five\n \n"), "one\ntwo\n\nthree\nfour\nfive");
  assert.equal(lines(" \n \n"), "");
  assert.equal(lines(null), "");
});

Deno.test("length counts characters", () => {
  assert.equal(length("Käse 🧀"), 6);
});
