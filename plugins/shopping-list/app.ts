// A shared shopping list for Dropserver (https://dropserver.org). Here the app meets its host: which paths there are, who may
// use them, and where the data lies. What the app does is in actions.ts.

import { AuthAllow, type Context, createApp, RoutesBuilder } from "https://deno.land/x/dropserver_app@v0.2.2/mod.ts";
import { type Action, actions, failure } from "./actions.ts";
import { type List, parseList } from "./list.ts";
import { JSONFile } from "./store.ts";

const { list, addItem, tickItem, removeItem, clearBasket } = actions({
  file: new JSONFile<List>(() => app.appspacePath("list.json"), { items: [] }, parseList),
  names: async () => new Map((await app.getUsers()).map((user) => [user.proxyId, user.displayName])),
});

const routes = new RoutesBuilder();
const users = { allow: AuthAllow.authorized };
routes.add("get", "/", users, handler(list));
routes.add("post", "/items", users, handler(addItem));
routes.add("post", "/items/:id/tick", users, handler(tickItem));
routes.add("post", "/items/:id/remove", users, handler(removeItem));
routes.add("post", "/clear", users, handler(clearBasket));
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
  const answer = async ({ request, params, proxyId }: Context) => {
    try {
      return await action({ request, params, user: proxyId ?? "" });
    } catch (error) {
      console.error(action.name, error);
      return failure(request, error);
    }
  };
  // ds-dev shows this name beside the route.
  return Object.defineProperty(handle, "name", { value: action.name });
}

const app = createApp({ routes: routes.routes });
