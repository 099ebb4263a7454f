// A shared shelf of links for Dropserver (https://dropserver.org). Here the app meets its host: which paths there are, who may
// use them, and where the data lies. What the app does is in actions.ts.

import { AuthAllow, type Context, createApp, RoutesBuilder } from "https://deno.land/x/dropserver_app@v0.2.2/mod.ts";
import { type Action, actions, failure } from "./actions.ts";
import { parseShelf, type Shelf } from "./shelf.ts";
import { JSONFile } from "./store.ts";

const { shelf, newLink, link, addLink, editLink, removeLink, bookmarks } = actions({
  file: new JSONFile<Shelf>(() => app.appspacePath("links.json"), { links: [] }, parseShelf),
  names: async () => new Map((await app.getUsers()).map((user) => [user.proxyId, user.displayName])),
  now: () => new Date(),
});

const routes = new RoutesBuilder();
const users = { allow: AuthAllow.authorized };
routes.add("get", "/", users, handler(shelf));
routes.add("get", "/add", users, handler(newLink));
routes.add("get", "/bookmarks.html", users, handler(bookmarks));
routes.add("post", "/links", users, handler(addLink));
routes.add("get", "/links/:id", users, handler(link));
routes.add("post", "/links/:id", users, handler(editLink));
routes.add("post", "/links/:id/remove", users, handler(removeLink));
routes.add("get", { path: "/static", end: false }, users, routes.staticFileHandler({ path: "@app/static/" }));

/** handler lets an action answer. Nobody waits for a handler, so an error that left one would end the whole sandbox. */
function handler(action: Action): (ctx: Context) => Promise<void> {
  const handle = async (ctx: Context) => {
    try {
      await ctx.respondWith(await answer(ctx));
    } catch (error) {
      console.error(action.name, error); // The browser didn't wait for the answer.
    }
  };
  const answer = async ({ request, url, params, proxyId }: Context) => {
    try {
      return await action({ request, url, params, user: proxyId ?? "" });
    } catch (error) {
      console.error(action.name, error);
      return failure(request, error);
    }
  };
  // ds-dev shows this name beside the route.
  return Object.defineProperty(handle, "name", { value: action.name });
}

const app = createApp({ routes: routes.routes });
