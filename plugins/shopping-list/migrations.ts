// How the data of one version of the app becomes that of another. The schema is the number that Dropserver counts them with.
// Since 1.1.0 (schema 1), amount and section stand beside the name; before (schema 0), an item had one text.

import { type Item, type List, parseList } from "./list.ts";

interface OldItem extends Pick<Item, "id" | "done" | "by"> {
  text: string;
}

/** upTo1 makes of a list of schema 0 one of schema 1. Nobody can tell how much of a text is the amount, so it all is the name. */
export function upTo1(json: unknown): List {
  const { items } = json as { items: OldItem[] };
  return parseList({ items: items.map(({ id, text, done, by }) => ({ id, name: text, amount: "", section: "", done, by })) });
}

/** downFrom1 makes of a list of schema 1 one of schema 0. The amount goes before the name, and the section is lost. */
export function downFrom1(json: unknown): { items: OldItem[] } {
  const { items } = parseList(json);
  return { items: items.map(({ id, name, amount, done, by }) => ({ id, text: `${amount} ${name}`.trim(), done, by })) };
}
