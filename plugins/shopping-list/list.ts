// The shopping list itself. Functions take a list and return a new one.

/** Item is something to buy. */
export interface Item {
  id: string;
  text: string;
  /** Whether it is in the basket. */
  done: boolean;
  /** The proxy id of who added it. */
  by: string;
}

/** maxItems bounds a list: longer than that, it is a mistake or mischief. */
export const maxItems = 500;

/** maxText bounds the text of an item, in characters. */
export const maxText = 120;

/** Full is thrown where a list can't take any more. */
export class Full extends Error {}

/** add puts an item at the end. What is on the list already isn't added twice: whoever wants it again finds it unticked. */
export function add(items: readonly Item[], text: string, by: string, id: string = crypto.randomUUID()): Item[] {
  const same = items.find((item) => sameText(item.text, text));
  if (same) return tick(items, same.id, false);
  if (items.length >= maxItems) throw new Full(`the list has ${items.length} items`);
  return [...items, { id, text, done: false, by }];
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

function sameText(a: string, b: string): boolean {
  return a.toLocaleLowerCase() === b.toLocaleLowerCase();
}

/** List is how the file holds a list. */
export interface List {
  items: Item[];
}

/** parseList checks that a JSON value is a list. */
export function parseList(json: unknown): List {
  const items = (json as Partial<List> | null)?.items;
  if (!Array.isArray(items) || !items.every(isItem)) {
    throw new Error("list.json holds something other than a shopping list");
  }
  return { items };
}

function isItem(json: unknown): json is Item {
  const item = json as Partial<Item> | null;
  return typeof item?.id === "string" && typeof item.text === "string" && typeof item.done === "boolean" &&
    typeof item.by === "string";
}
