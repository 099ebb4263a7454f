// The pages. They work without JavaScript: every button is a form.

import { bySection, type Item, maxLength, sections, type Wish } from "./list.ts";
import { Markup, markup } from "./markup.ts";
import type { Texts } from "./texts.ts";

/** version is the app's, and part of the stylesheet's address, so that no browser shows a new page in old clothes. */
export const version = "1.1.0";

/** Trouble is why what was typed couldn't be taken. */
export interface Trouble {
  field: keyof Wish;
  text: string;
}

/** ListPage is what the page of the list shows. */
export interface ListPage {
  items: readonly Item[];
  /** The names of the appspace's users by their proxy ids. Where there is only one user, nobody has to say who added what. */
  names: ReadonlyMap<string, string>;
  typed?: Wish;
  trouble?: Trouble;
}

/** listPage shows the list. */
export function listPage(t: Texts, { items, names, typed, trouble }: ListPage): Markup {
  const open = items.filter((item) => !item.done);
  const done = items.filter((item) => item.done);
  const list = (some: readonly Item[]) => markup`<ul>${some.map((item) => row(t, item, names))}</ul>`;
  const groups = bySection(open, t.lang);
  const basket = markup`
<section class="basket">
<h2>${t.basket}</h2>
${list(done)}
<form method="post" action="/clear"><button>${t.clear}</button></form>
</section>`;

  return page(
    t,
    t.title,
    markup`
<header>
<h1>${t.title}</h1>
<p class="count">${t.toGet(open.length)}</p>
</header>
<main>
<form class="wish" method="post" action="/items">
${field(t, "name", typed, trouble, true)}
${field(t, "amount", typed, trouble)}
${field(t, "section", typed, trouble)}
<button class="main">${t.add}</button>
</form>
${troubleText(trouble)}
${sectionList(t, items)}
${open.length === 0 && markup`<p class="hint">${items.length > 0 ? t.allDone : t.emptyList}</p>`}
${
      groups.length === 1 && groups[0].section === ""
        ? list(open)
        : groups.map((group) => markup`<section><h2>${group.section || t.otherSection}</h2>${list(group.items)}</section>`)
    }
${done.length > 0 && basket}
</main>`,
  );
}

function row(t: Texts, { id, name, amount, done, by }: Item, names: ReadonlyMap<string, string>): Markup {
  return markup`
<li>
<form method="post" action="/items/${id}/tick">
<button class="tick" name="done" value="${done ? "no" : "yes"}" aria-label="${done ? t.untick(name) : t.tick(name)}"></button>
</form>
<p class="what"><a class="text" href="/items/${id}" title="${t.edit(name)}">${amount && markup`<b>${amount}</b> `}${name}</a>
${names.size > 1 && markup`<span class="by">${t.addedBy(names.get(by) ?? t.somebody)}</span>`}</p>
<form method="post" action="/items/${id}/remove">
<button class="remove" aria-label="${t.remove(name)}">×</button>
</form>
</li>`;
}

/** EditPage is what the page shows where an item is changed. */
export interface EditPage {
  items: readonly Item[];
  item: Item;
  typed?: Wish;
  trouble?: Trouble;
}

/** editPage shows one item, to change it. */
export function editPage(t: Texts, { items, item, typed = item, trouble }: EditPage): Markup {
  return page(
    t,
    t.editTitle,
    markup`
<header>
<h1>${t.editTitle}</h1>
<a href="/">${t.back}</a>
</header>
<main>
<form class="wish" method="post" action="/items/${item.id}">
${field(t, "name", typed, trouble, true)}
${field(t, "amount", typed, trouble)}
${field(t, "section", typed, trouble)}
<button class="main">${t.save}</button>
</form>
${troubleText(trouble)}
${sectionList(t, items)}
<form class="last" method="post" action="/items/${item.id}/remove"><button>${t.remove(item.name)}</button></form>
</main>`,
  );
}

function field(t: Texts, name: keyof Wish, typed?: Wish, trouble?: Trouble, first = false): Markup {
  return markup`<input class="${name}" name="${name}" value="${typed?.[name]}" maxlength="${maxLength[name]}" autocomplete="off"
placeholder="${t[name]}" aria-label="${t[name]}"${name === "section" && markup` list="sections"`}${
    first && markup` required autofocus`
  }${trouble?.field === name && markup` aria-invalid="true" aria-describedby="trouble"`}>`;
}

function troubleText(trouble?: Trouble): Markup | undefined {
  return trouble && markup`<p class="trouble" id="trouble" role="alert">${trouble.text}</p>`;
}

function sectionList(t: Texts, items: readonly Item[]): Markup {
  return markup`<datalist id="sections">${
    sections(items, t.lang).map((section) => markup`<option value="${section}">`)
  }</datalist>`;
}

/** failurePage says that something went wrong. */
export function failurePage(t: Texts): Markup {
  return page(
    t,
    t.failed,
    markup`
<header><h1>${t.failed}</h1></header>
<main><p class="hint">${t.failedText}</p>
<p><a href="/">${t.back}</a></p></main>`,
  );
}

function page(t: Texts, title: string, content: Markup): Markup {
  return markup`<!DOCTYPE html>
<html lang="${t.lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css?${version}">
<body>${content}
</body>
</html>
`;
}
