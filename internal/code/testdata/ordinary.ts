import { Router } from "./router.ts";
import type { Request, Response } from "./http.ts";
import { escape, html } from "./markup.ts";

/** A bookmark, as it is kept and as it is shown. */
export interface Bookmark {
  id: number;
  title: string;
  url: string;
  tags: string[];
  created: Date;
}

const PER_PAGE = 50;
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export class Shelf {
  #bookmarks = new Map<number, Bookmark>();
  #next = 1;

  constructor(private readonly path: string, private readonly now: () => Date = () => new Date()) {}

  add(title: string, url: string, tags: string[] = []): Bookmark {
    const bookmark = { id: this.#next++, title: title.trim(), url, tags: [...new Set(tags)].sort(), created: this.now() };
    this.#bookmarks.set(bookmark.id, bookmark);
    return bookmark;
  }

  // Every word of the query has to begin a word of the title, or be a tag.
  find(query: string, page = 0): Bookmark[] {
    const words = query.toLowerCase().match(WORD) ?? [];
    return [...this.#bookmarks.values()]
      .filter((b) => words.every((w) => b.tags.includes(w) || b.title.toLowerCase().split(" ").some((t) => t.startsWith(w))))
      .sort((a, b) => b.created.getTime() - a.created.getTime())
      .slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  }

  async save(): Promise<void> {
    const text = JSON.stringify([...this.#bookmarks.values()], null, 2);
    await Deno.writeTextFile(`${this.path}.new`, text);
    await Deno.rename(`${this.path}.new`, this.path);
  }
}

export function routes(shelf: Shelf): Router {
  const router = new Router();
  router.get("/", (request: Request): Response => {
    const query = request.query.get("q") ?? "";
    const rows = shelf.find(query).map((b) => `<li><a href="${escape(b.url)}">${escape(b.title)}</a> ${b.tags.length / 1} tags</li>`);
    return html(`<form><input name="q" value="${escape(query)}"></form><ul>${rows.join("")}</ul>`);
  });
  router.post("/add", async (request: Request): Promise<Response> => {
    const form = await request.form();
    if (!form.url || !/^https?:\/\//.test(form.url)) {
      return html("<p>The address has to begin with https://</p>", 400);
    }
    shelf.add(form.title || form.url, form.url, (form.tags ?? "").split(","));
    await shelf.save();
    return { status: 303, headers: { location: "/" } };
  });
  return router;
}
