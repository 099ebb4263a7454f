// A shared shopping list for Dropserver (https://dropserver.org). Here the app meets its host: which paths there are, who may
// use them, and where the data lies. What the app does is in actions.ts.

import {
  AuthAllow,
  type Context,
  createApp,
  MigrationsBuilder,
  RoutesBuilder,
} from "https://deno.land/x/dropserver_app@v0.2.2/mod.ts";
import { type Action, actions, failure } from "./actions.ts";
import { type List, parseList } from "./list.ts";
import { downFrom1, upTo1 } from "./migrations.ts";
import { JSONFile } from "./store.ts";

const file = new JSONFile<List>(() => app.appspacePath("list.json"), { items: [] }, parseList);

const { list, item, addItem, editItem, tickItem, removeItem, clearBasket } = actions({
  file,
  names: async () => new Map((await app.getUsers()).map((user) => [user.proxyId, user.displayName])),
});

const routes = new RoutesBuilder();
const users = { allow: AuthAllow.authorized };
routes.add("get", "/", users, handler(list));
routes.add("post", "/items", users, handler(addItem));
routes.add("get", "/items/:id", users, handler(item));
routes.add("post", "/items/:id", users, handler(editItem));
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

const migrations = new MigrationsBuilder();
migrations.upTo(1, () => file.migrate(upTo1));
migrations.downFrom(1, () => file.migrate(downFrom1));

const app = createApp({ routes: routes.routes, migrations: migrations.migrations });
