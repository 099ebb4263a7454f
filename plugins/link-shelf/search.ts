// Finding links again.

import type { Link } from "./shelf.ts";

/** Query is what somebody looks for. Empty fields ask for nothing. */
export interface Query {
  words: string;
  tag: string;
  page: number;
}

/** pageSize is how many links a page shows. */
export const pageSize = 50;

/** readQuery reads a query from the address of a page. */
export function readQuery(address: URLSearchParams): Query {
  const page = Number(address.get("page"));
  return {
    words: (address.get("q") ?? "").trim(),
    tag: address.get("tag") ?? "",
    page: Number.isInteger(page) && page > 1 ? page : 1,
  };
}

/** toAddress writes a query as the address of its page. */
export function toAddress({ words, tag, page }: Query): string {
  const address = new URLSearchParams();
  if (words) address.set("q", words);
  if (tag) address.set("tag", tag);
  if (page > 1) address.set("page", String(page));
  return address.size > 0 ? `/?${address}` : "/";
}

/** Found is one page of what was found, the newest first. */
export interface Found {
  links: Link[];
  total: number;
  page: number;
  pages: number;
}

/** find returns the links that have the tag and every word, wherever it stands. A page that isn't there is the last one. */
export function find(links: readonly Link[], query: Query): Found {
  const words = fold(query.words).split(/\s+/u).filter((word) => word !== "");
  const all = links.filter((link) => {
    if (query.tag && !link.tags.includes(query.tag)) return false;
    if (words.length === 0) return true;
    const text = fold([link.title, link.url, link.note, ...link.tags].join("\n"));
    return words.every((word) => text.includes(word));
  }).reverse();
  const pages = Math.max(1, Math.ceil(all.length / pageSize));
  const page = Math.min(query.page, pages);
  return { links: all.slice((page - 1) * pageSize, page * pageSize), total: all.length, page, pages };
}

/** fold makes texts alike that people take for alike: in upper and lower case, with and without accents, ß and ss. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().toUpperCase();
}

/** tagCounts returns all tags with the number of their links, in the order of a language's alphabet. */
export function tagCounts(links: readonly Link[], lang: string): [tag: string, count: number][] {
  const counts = new Map<string, number>();
  for (const tag of links.flatMap((link) => link.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const { compare } = new Intl.Collator(lang);
  return [...counts].sort(([a], [b]) => compare(a, b));
}
