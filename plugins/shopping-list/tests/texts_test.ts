import assert from "node:assert/strict";
import { texts } from "../texts.ts";

Deno.test("the browser's first language that there is decides", () => {
  const cases: [string | null, string][] = [
    ["de", "de"],
    ["de-AT,en;q=0.5", "de"],
    ["en-GB,de;q=0.9", "en"],
    ["en;q=0.3, de;q=0.7", "de"],
    ["fr,de;q=0.5,en;q=0.4", "de"],
    ["de;q=0,en", "en"],
    ["fr", "en"],
    ["*", "en"],
    ["de;q=much", "en"],
    [",;=", "en"],
    ["", "en"],
    [null, "en"],
  ];
  for (const [accepted, lang] of cases) assert.equal(texts(accepted).lang, lang, String(accepted));
});
