// The pages. They work without JavaScript: every button is a form.

import { type Item, maxText } from "./list.ts";
import { Markup, markup } from "./markup.ts";
import type { Texts } from "./texts.ts";

/** version is the app's, and part of the stylesheet's address, so that no browser shows a new page in old clothes. */
export const version = "1.0.0";

/** ListPage is what the page of the list shows. */
export interface ListPage {
  items: readonly Item[];
  /** The names of the appspace's users by their proxy ids. Where there is only one user, nobody has to say who added what. */
  names: ReadonlyMap<string, string>;
  /** Why what was typed couldn't be added, and what that was. */
  trouble?: string;
  typed?: string;
}

/** listPage shows the list. */
export function listPage(t: Texts, { items, names, trouble, typed }: ListPage): Markup {
  const open = items.filter((item) => !item.done);
  const done = items.filter((item) => item.done);
  const list = (some: readonly Item[]) => markup`<ul>${some.map((item) => row(t, item, names))}</ul>`;
  const addForm = markup`
<form class="add" method="post" action="/items">
<input name="text" value="${typed}" maxlength="${maxText}" required autofocus autocomplete="off" enterkeyhint="done"
  placeholder="${t.addLabel}" aria-label="${t.addLabel}"${trouble && markup` aria-invalid="true" aria-describedby="trouble"`}>
<button>${t.add}</button>
</form>
${trouble && markup`<p class="trouble" id="trouble" role="alert">${trouble}</p>`}`;
  const basket = markup`
<section class="basket">
<h2>${t.basket}</h2>
${list(done)}
<form method="post" action="/clear"><button>${t.clear}</button></form>
</section>`;

  return page(
    t,
    markup`
<header>
<h1>${t.title}</h1>
<p class="count">${t.toGet(open.length)}</p>
</header>
<main>
${addForm}
${open.length > 0 ? list(open) : markup`<p class="hint">${items.length > 0 ? t.allDone : t.emptyList}</p>`}
${done.length > 0 && basket}
</main>`,
  );
}

function row(t: Texts, { id, text, done, by }: Item, names: ReadonlyMap<string, string>): Markup {
  return markup`
<li>
<form method="post" action="/items/${id}/tick">
<button class="tick" name="done" value="${done ? "no" : "yes"}" aria-label="${done ? t.untick(text) : t.tick(text)}"></button>
</form>
<p class="what"><span class="text">${text}</span>
${names.size > 1 && markup`<span class="by">${t.addedBy(names.get(by) ?? t.somebody)}</span>`}</p>
<form method="post" action="/items/${id}/remove">
<button class="remove" aria-label="${t.remove(text)}">×</button>
</form>
</li>`;
}

/** failurePage says that something went wrong. */
export function failurePage(t: Texts): Markup {
  return page(
    t,
    markup`
<header><h1>${t.failed}</h1></header>
<main><p class="hint">${t.failedText}</p>
<p><a href="/">${t.back}</a></p></main>`,
  );
}

function page(t: Texts, content: Markup): Markup {
  return markup`<!DOCTYPE html>
<html lang="${t.lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${t.title}</title>
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css?${version}">
<body>${content}
</body>
</html>
`;
}
