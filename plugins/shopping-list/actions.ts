// What happens when somebody opens a page or presses a button. Actions know nothing of Dropserver: they take a Request and
// return a Response.

import { length, oneLine, readForm, Refused } from "./form.ts";
import type { Markup } from "./markup.ts";
import { add, clear, Full, type List, maxItems, maxText, remove, tick } from "./list.ts";
import { failurePage, listPage } from "./pages.ts";
import type { JSONFile } from "./store.ts";
import { texts } from "./texts.ts";

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
  async function list({ request }: Call, trouble?: string, typed?: string): Promise<Response> {
    const [{ items }, users] = await Promise.all([file.read(), names()]);
    return respond(
      listPage(texts(request.headers.get("accept-language")), { items, names: users, trouble, typed }),
      trouble ? 422 : 200,
    );
  }

  async function addItem(call: Call): Promise<Response> {
    const t = texts(call.request.headers.get("accept-language"));
    const text = oneLine((await readForm(call.request)).get("text"));
    if (text === "") return list(call, t.isEmpty);
    if (length(text) > maxText) return list(call, t.isLong(maxText), text);
    try {
      await file.update(({ items }) => ({ items: add(items, text, call.user) }));
    } catch (error) {
      if (error instanceof Full) return list(call, t.isFull(maxItems), text);
      throw error;
    }
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

  return { list: (call: Call) => list(call), addItem, tickItem, removeItem, clearBasket };
}

/** failure answers a request that an action couldn't. */
export function failure(request: Request, error: unknown): Response {
  return respond(
    failurePage(texts(request.headers.get("accept-language"))),
    error instanceof Refused ? error.status : 500,
  );
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
