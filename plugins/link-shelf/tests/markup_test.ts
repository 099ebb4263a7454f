import assert from "node:assert/strict";
import { escape, markup } from "../markup.ts";

Deno.test("texts are escaped between tags and in attributes", () => {
  const text = `<script>alert("1")</script> & 'more'`;
  assert.equal(
    markup`<p title="${text}">${text}</p>`.html,
    `<p title="${escape(text)}">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;</p>`,
  );
});

Deno.test("an attribute can't be left", () => {
  assert.equal(markup`<a title="${`" onclick="x`}">`.html, `<a title="&quot; onclick=&quot;x">`);
});

Deno.test("templates in templates aren't escaped twice", () => {
  assert.equal(
    markup`<ul>${["a", "<b>"].map((text) => markup`<li>${text}</li>`)}</ul>`.html,
    "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
  );
});

Deno.test("what isn't there isn't shown, but zero is", () => {
  assert.equal(markup`${false}${null}${undefined}${""}${0}`.html, "0");
});
