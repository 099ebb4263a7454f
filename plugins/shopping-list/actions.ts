// What happens when somebody opens a page or presses a button. Actions know nothing of Dropserver: they take a Request and
// return a Response.

import { length, oneLine, readForm, Refused } from "./form.ts";
import { add, clear, edit, Full, type List, maxItems, maxLength, remove, tick, type Wish } from "./list.ts";
import type { Markup } from "./markup.ts";
import { editPage, failurePage, listPage, type Trouble } from "./pages.ts";
import type { JSONFile } from "./store.ts";
import { type Texts, texts } from "./texts.ts";

/** Call is one request, and who makes it. */
export interface Call {
  request: Request;
  params: Record<string, unknown>;
  user: string;
}

/** Place is where the actions take place. */
export interface Place {
  file: Pick<JSONFile<List>, "read" | "update">;
  /** The names of the appspace's users by their proxy ids. */
  names(): Promise<ReadonlyMap<string, string>>;
}

/** Action answers a request. */
export type Action = (call: Call) => Promise<Response>;

/** actions returns what the app can do. */
export function actions({ file, names }: Place) {
  async function list({ request }: Call, typed?: Wish, trouble?: Trouble): Promise<Response> {
    const [{ items }, users] = await Promise.all([file.read(), names()]);
    return respond(listPage(textsFor(request), { items, names: users, typed, trouble }), trouble ? 422 : 200);
  }

  async function addItem(call: Call): Promise<Response> {
    const t = textsFor(call.request);
    const { wish, trouble } = readWish(t, await readForm(call.request));
    if (trouble) return list(call, wish, trouble);
    try {
      await file.update(({ items }) => ({ items: add(items, wish, call.user) }));
    } catch (error) {
      if (error instanceof Full) return list(call, wish, { field: "name", text: t.isFull(maxItems) });
      throw error;
    }
    return toList();
  }

  async function item({ request, params }: Call, typed?: Wish, trouble?: Trouble): Promise<Response> {
    const { items } = await file.read();
    const item = items.find(({ id }) => id === params.id);
    if (!item) return toList(); // Somebody else has taken it off the list.
    return respond(editPage(textsFor(request), { items, item, typed, trouble }), trouble ? 422 : 200);
  }

  async function editItem(call: Call): Promise<Response> {
    const { wish, trouble } = readWish(textsFor(call.request), await readForm(call.request));
    if (trouble) return item(call, wish, trouble);
    await file.update(({ items }) => ({ items: edit(items, String(call.params.id), wish) }));
    return toList();
  }

  async function tickItem({ request, params }: Call): Promise<Response> {
    const done = (await readForm(request)).get("done") === "yes";
    await file.update(({ items }) => ({ items: tick(items, String(params.id), done) }));
    return toList();
  }

  async function removeItem({ request, params }: Call): Promise<Response> {
    await readForm(request);
    await file.update(({ items }) => ({ items: remove(items, String(params.id)) }));
    return toList();
  }

  async function clearBasket({ request }: Call): Promise<Response> {
    await readForm(request);
    await file.update(({ items }) => ({ items: clear(items) }));
    return toList();
  }

  return {
    list: (call: Call) => list(call),
    item: (call: Call) => item(call),
    addItem,
    editItem,
    tickItem,
    removeItem,
    clearBasket,
  };
}

function readWish(t: Texts, form: URLSearchParams): { wish: Wish; trouble?: Trouble } {
  const [name, amount, section] = ["name", "amount", "section"].map((field) => oneLine(form.get(field)));
  const wish = { name, amount, section };
  if (name === "") return { wish, trouble: { field: "name", text: t.isEmpty } };
  for (const field of ["name", "amount", "section"] as const) {
    if (length(wish[field]) > maxLength[field]) return { wish, trouble: { field, text: t.isLong(maxLength[field]) } };
  }
  return { wish };
}

/** failure answers a request that an action couldn't. */
export function failure(request: Request, error: unknown): Response {
  return respond(failurePage(textsFor(request)), error instanceof Refused ? error.status : 500);
}

function textsFor(request: Request): Texts {
  return texts(request.headers.get("accept-language"));
}

function respond(page: Markup, status: number): Response {
  return new Response(page.html, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

/** After a form, the browser is sent to the list with GET: reloading the page then doesn't send the form again. */
function toList(): Response {
  return new Response(null, { status: 303, headers: { location: "/" } });
}
