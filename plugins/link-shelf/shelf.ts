// The shelf: links, and what can be done with them. Functions take links and return new ones, the oldest first.

import { length, lines, oneLine } from "./form.ts";

/** Book is what somebody writes of a link. */
export interface Book {
  url: string;
  title: string;
  note: string;
  tags: string[];
}

/** Link is a link on the shelf. */
export interface Link extends Book {
  id: string;
  /** The proxy id of who put it there. */
  by: string;
  /** When, as ISO 8601 says it. */
  at: string;
}

/** maxLinks bounds the shelf: all of it is read for every page. */
export const maxLinks = 5000;

/** Limits of what can be written of a link: characters, and for tags their number. */
export const maxLength = { url: 2000, title: 200, note: 1000, tag: 30, tags: 10 } as const;

/** Full is thrown where the shelf can't take any more. */
export class Full extends Error {}

/** Known is thrown where a link is on the shelf already. */
export class Known extends Error {
  constructor(readonly link: Link) {
    super(`${link.url} is on the shelf`);
  }
}

/** add puts a link on the shelf. */
export function add(links: readonly Link[], book: Book, by: string, at: Date, id: string = crypto.randomUUID()): Link[] {
  const known = links.find((link) => link.url === book.url);
  if (known) throw new Known(known);
  if (links.length >= maxLinks) throw new Full(`the shelf has ${links.length} links`);
  return [...links, { id, ...book, by, at: at.toISOString() }];
}

/** edit changes what is written of a link. */
export function edit(links: readonly Link[], id: string, book: Book): Link[] {
  const known = links.find((link) => link.url === book.url && link.id !== id);
  if (known) throw new Known(known);
  return links.map((link) => link.id === id ? { ...link, ...book } : link);
}

/** remove takes a link off the shelf. */
export function remove(links: readonly Link[], id: string): Link[] {
  return links.filter((link) => link.id !== id);
}

/** Draft is what stands in the fields of a form. */
export interface Draft {
  url: string;
  title: string;
  note: string;
  tags: string;
}

/** draftOf returns a book as it stands in the fields of a form. */
export function draftOf({ url, title, note, tags }: Book): Draft {
  return { url, title, note, tags: tags.join(", ") };
}

/** readDraft returns what fields hold, as it was typed, but tidy. */
export function readDraft(form: URLSearchParams): Draft {
  const line = (field: string) => oneLine(form.get(field));
  return { url: line("url"), title: line("title"), note: lines(form.get("note")), tags: line("tags") };
}

/** Wrong is what makes a draft no book: the field, and whether it is missing, too long, or no address of a web page. */
export interface Wrong {
  field: keyof Draft;
  is: "missing" | "long" | "no-address" | "many";
}

/** toBook makes a book of a draft. */
export function toBook(draft: Draft): Book | Wrong {
  if (draft.url === "") return { field: "url", is: "missing" };
  const url = webAddress(draft.url);
  if (!url) return { field: "url", is: "no-address" };
  if (url.length > maxLength.url) return { field: "url", is: "long" };
  for (const field of ["title", "note"] as const) {
    if (length(draft[field]) > maxLength[field]) return { field, is: "long" };
  }
  const tags = readTags(draft.tags);
  if (tags.length > maxLength.tags) return { field: "tags", is: "many" };
  if (tags.some((tag) => length(tag) > maxLength.tag)) return { field: "tags", is: "long" };
  return { url, title: draft.title || nameOf(url), note: draft.note, tags };
}

/**
 * webAddress returns what somebody typed as the address of a web page, or nothing if it is something else. Other schemes have
 * no place on the shelf: a javascript: address would run in the page of whoever opens it. Names and passwords are left out.
 */
export function webAddress(typed: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d)/i.exec(typed)?.[1].toLowerCase();
  if (scheme && scheme !== "http" && scheme !== "https") return undefined;
  let url: URL;
  try {
    url = new URL(scheme ? typed : `https://${typed}`);
  } catch {
    return undefined;
  }
  if ((url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") return undefined;
  url.username = "";
  url.password = "";
  return url.href;
}

/** hostOf returns the name of the host, as people say it. */
export function hostOf(url: string): string {
  return new URL(url).host.replace(/^www\./, "");
}

/** nameOf returns what a link is called as long as nobody has given it a title. */
function nameOf(url: string): string {
  return [...hostOf(url) + new URL(url).pathname.replace(/\/$/, "")].slice(0, maxLength.title).join("");
}

/** readTags returns the tags in a field, each once. They are separated by commas or spaces and may begin with #. */
export function readTags(typed: string): string[] {
  const tags = typed.split(/[\s,;]+/u).map((tag) => tag.replace(/^#+/, "").toLocaleLowerCase()).filter((tag) => tag !== "");
  return [...new Set(tags)];
}

/** Shelf is how the file holds the links. */
export interface Shelf {
  links: Link[];
}

/** parseShelf checks that a JSON value is a shelf. */
export function parseShelf(json: unknown): Shelf {
  const links = (json as Partial<Shelf> | null)?.links;
  if (!Array.isArray(links) || !links.every(isLink)) throw new Error("links.json holds something other than links");
  return { links };
}

function isLink(json: unknown): json is Link {
  const link = json as Partial<Link> | null;
  return [link?.id, link?.url, link?.title, link?.note, link?.by, link?.at].every((text) => typeof text === "string") &&
    webAddress(link?.url ?? "") === link?.url && !Number.isNaN(Date.parse(link?.at ?? "")) &&
    Array.isArray(link?.tags) && link.tags.every((tag) => typeof tag === "string");
}
