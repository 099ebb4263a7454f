// What happens when somebody opens a page or presses a button. Actions know nothing of Dropserver: they take a Request and
// return a Response.

import { bookmarkFile } from "./bookmarks.ts";
import { readForm, Refused } from "./form.ts";
import type { Markup } from "./markup.ts";
import { draftPage, failurePage, shelfPage } from "./pages.ts";
import { readQuery } from "./search.ts";
import {
  add,
  type Draft,
  draftOf,
  edit,
  Full,
  Known,
  maxLength,
  maxLinks,
  readDraft,
  remove,
  type Shelf,
  toBook,
} from "./shelf.ts";
import type { Wrong } from "./shelf.ts";
import type { JSONFile } from "./store.ts";
import { type Texts, texts } from "./texts.ts";

/** Call is one request, where it goes, and who makes it. */
export interface Call {
  request: Request;
  url: URL;
  params: Record<string, unknown>;
  user: string;
}

/** Place is where and when the actions take place. */
export interface Place {
  file: Pick<JSONFile<Shelf>, "read" | "update">;
  /** The names of the appspace's users by their proxy ids. */
  names(): Promise<ReadonlyMap<string, string>>;
  now(): Date;
}

/** Action answers a request. */
export type Action = (call: Call) => Promise<Response>;

/** actions returns what the app can do. */
export function actions({ file, names, now }: Place) {
  async function shelf({ request, url }: Call): Promise<Response> {
    const [{ links }, users] = await Promise.all([file.read(), names()]);
    return respond(shelfPage(textsFor(request), { links, query: readQuery(url.searchParams), names: users }));
  }

  /** The form can be filled in by the address, so that a bookmarklet or a phone's shortcut can open it for a page. */
  // deno-lint-ignore require-await
  async function newLink({ request, url }: Call): Promise<Response> {
    return respond(draftPage(textsFor(request), { draft: readDraft(url.searchParams) }));
  }

  async function link({ request, url, params }: Call): Promise<Response> {
    const { links } = await file.read();
    const link = links.find(({ id }) => id === params.id);
    if (!link) return goTo("/"); // Somebody else has taken it off the shelf.
    return respond(draftPage(textsFor(request), { draft: draftOf(link), id: link.id, known: url.searchParams.has("known") }));
  }

  async function save(call: Call, id?: string): Promise<Response> {
    const t = textsFor(call.request);
    const draft = readDraft(await readForm(call.request));
    const refuse = (field: keyof Draft, text: string) => respond(draftPage(t, { draft, id, trouble: { field, text } }), 422);
    const book = toBook(draft);
    if ("is" in book) return refuse(book.field, whatIsWrong(t, book));
    try {
      await file.update(({ links }) => ({ links: id ? edit(links, id, book) : add(links, book, call.user, now()) }));
    } catch (error) {
      if (error instanceof Known) return goTo(`/links/${error.link.id}?known`);
      if (error instanceof Full) return refuse("url", t.full(maxLinks));
      throw error;
    }
    return goTo("/");
  }

  async function removeLink({ request, params }: Call): Promise<Response> {
    await readForm(request);
    await file.update(({ links }) => ({ links: remove(links, String(params.id)) }));
    return goTo("/");
  }

  async function bookmarks({ request }: Call): Promise<Response> {
    const { links } = await file.read();
    const response = respond(bookmarkFile(textsFor(request).title, links));
    response.headers.set("content-disposition", 'attachment; filename="bookmarks.html"');
    return response;
  }

  return {
    shelf,
    newLink,
    link,
    addLink: (call: Call) => save(call),
    editLink: (call: Call) => save(call, String(call.params.id)),
    removeLink,
    bookmarks,
  };
}

function whatIsWrong(t: Texts, { field, is }: Wrong): string {
  switch (is) {
    case "missing":
      return t.missing;
    case "no-address":
      return t.noAddress;
    case "many":
      return t.many(maxLength.tags);
    case "long":
      return t.long(field === "tags" ? maxLength.tag : maxLength[field]);
  }
}

/** failure answers a request that an action couldn't. */
export function failure(request: Request, error: unknown): Response {
  return respond(failurePage(textsFor(request)), error instanceof Refused ? error.status : 500);
}

function textsFor(request: Request): Texts {
  return texts(request.headers.get("accept-language"));
}

function respond(page: Markup, status = 200): Response {
  return new Response(page.html, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

/** After a form, the browser is sent on with GET: reloading the page then doesn't send the form again. */
function goTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
