// The shopping list itself. Functions take a list and return a new one.

/** Wish is what somebody writes down: what, how much of it, and in which section of the shop it is. The last two may be empty. */
export interface Wish {
  name: string;
  amount: string;
  section: string;
}

/** Item is something to buy. */
export interface Item extends Wish {
  id: string;
  /** Whether it is in the basket. */
  done: boolean;
  /** The proxy id of who added it. */
  by: string;
}

/** maxItems bounds a list: longer than that, it is a mistake or mischief. */
export const maxItems = 500;

/** maxLength bounds what is written down, in characters. */
export const maxLength: Readonly<Record<keyof Wish, number>> = { name: 120, amount: 30, section: 40 };

/** Full is thrown where a list can't take any more. */
export class Full extends Error {}

/**
 * add puts an item at the end. What is on the list already isn't added twice: whoever wants it again finds it unticked, with
 * the amount and the section of now, if they were said.
 */
export function add(items: readonly Item[], wish: Wish, by: string, id: string = crypto.randomUUID()): Item[] {
  const same = items.find((item) => alike(item.name, wish.name));
  if (same) {
    const again = { name: same.name, amount: wish.amount || same.amount, section: wish.section || same.section };
    return tick(edit(items, same.id, again), same.id, false);
  }
  if (items.length >= maxItems) throw new Full(`the list has ${items.length} items`);
  return [...items, { id, ...wish, section: knownSection(items, wish.section), done: false, by }];
}

/** edit changes what is written of an item. */
export function edit(items: readonly Item[], id: string, wish: Wish): Item[] {
  const others = items.filter((item) => item.id !== id);
  const { name, amount, section } = wish;
  return items.map((item) => item.id === id ? { ...item, name, amount, section: knownSection(others, section) } : item);
}

/** tick says of one item whether it is in the basket. It isn't a switch: of two people who tick the same item, none unticks it. */
export function tick(items: readonly Item[], id: string, done: boolean): Item[] {
  return items.map((item) => item.id === id ? { ...item, done } : item);
}

/** remove takes an item off the list. */
export function remove(items: readonly Item[], id: string): Item[] {
  return items.filter((item) => item.id !== id);
}

/** clear takes off the list what is in the basket. */
export function clear(items: readonly Item[]): Item[] {
  return items.filter((item) => !item.done);
}

/** sections returns the sections of all items, in the order of a language's alphabet. */
export function sections(items: readonly Item[], lang: string): string[] {
  const all = new Set(items.map((item) => item.section).filter((section) => section !== ""));
  return [...all].sort(new Intl.Collator(lang).compare);
}

/** bySection returns the items section by section. Those without a section come last. */
export function bySection(items: readonly Item[], lang: string): { section: string; items: Item[] }[] {
  return [...sections(items, lang), ""]
    .map((section) => ({ section, items: items.filter((item) => item.section === section) }))
    .filter((group) => group.items.length > 0);
}

/** knownSection returns a section as others spelled it before, so that "dairy" and "Dairy" are one. */
function knownSection(items: readonly Item[], section: string): string {
  return items.find((item) => alike(item.section, section))?.section ?? section;
}

function alike(a: string, b: string): boolean {
  return a.toLocaleLowerCase() === b.toLocaleLowerCase();
}

/** List is how the file holds a list. */
export interface List {
  items: Item[];
}

/** parseList checks that a JSON value is a list. */
export function parseList(json: unknown): List {
  const items = (json as Partial<List> | null)?.items;
  if (!Array.isArray(items) || !items.every(isItem)) throw new Error("list.json holds something other than a shopping list");
  return { items };
}

function isItem(json: unknown): json is Item {
  const item = json as Partial<Item> | null;
  return [item?.id, item?.name, item?.amount, item?.section, item?.by].every((text) => typeof text === "string") &&
    typeof item?.done === "boolean";
}
