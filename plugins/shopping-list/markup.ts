// Pages are written as markup`…` templates. Whatever is put into one is escaped, unless it is Markup itself, so that no text
// of a user can become HTML. Attributes have to be quoted: escaping makes a text safe between quotes and between tags, and
// nowhere else.

/** Markup is HTML that may stand in a page as it is. */
export class Markup {
  constructor(readonly html: string) {}
}

/** Part is what a template takes. Nothing is shown of false, null and undefined; of a list, its parts one after the other. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[];

/** markup makes HTML of a template. */
export function markup(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(texts.reduce((html, text, i) => html + toHTML(parts[i - 1]) + text));
}

function toHTML(part: Part): string {
  if (part === false || part === null || part === undefined) return "";
  if (part instanceof Markup) return part.html;
  if (typeof part === "object") return part.map(toHTML).join("");
  return escape(String(part));
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** escape writes a text so that it is the same text in HTML, between tags and in a quoted attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
