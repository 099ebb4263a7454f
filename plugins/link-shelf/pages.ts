// The pages. They work without JavaScript: whatever changes something is a form.

import { Markup, markup } from "./markup.ts";
import { find, type Query, tagCounts, toAddress } from "./search.ts";
import { type Draft, hostOf, type Link, maxLength } from "./shelf.ts";
import type { Texts } from "./texts.ts";

/** version is the app's, and part of the stylesheet's address, so that no browser shows a new page in old clothes. */
export const version = "1.0.0";

/** ShelfPage is what the page of the shelf shows. */
export interface ShelfPage {
  links: readonly Link[];
  query: Query;
  /** The names of the appspace's users by their proxy ids. Where there is only one user, nobody has to say who added what. */
  names: ReadonlyMap<string, string>;
}

/** shelfPage shows the links that a query finds. */
export function shelfPage(t: Texts, { links, query, names }: ShelfPage): Markup {
  const { links: some, total, page: current, pages } = find(links, query);
  const asks = query.words !== "" || query.tag !== "";
  const turn = (to: number, text: string, rel: string) =>
    to >= 1 && to <= pages && markup`<a rel="${rel}" href="${toAddress({ ...query, page: to })}">${text}</a>`;
  const turns = markup`
<nav class="turn">
${turn(current - 1, t.newer, "prev")}
<span>${t.pageOf(current, pages)}</span>
${turn(current + 1, t.older, "next")}
</nav>`;

  return page(
    t,
    t.title,
    markup`
<header>
<h1><a href="/">${t.title}</a></h1>
<form class="search" role="search" action="/">
<input type="search" name="q" value="${query.words}" maxlength="200" placeholder="${t.search}" aria-label="${t.searchLabel}">
${query.tag && markup`<input type="hidden" name="tag" value="${query.tag}">`}
<button>${t.search}</button>
</form>
<a class="button main" href="/add">${t.add}</a>
</header>
<div class="columns">
${tagList(t, links, query)}
<main>
<p class="count">${asks ? t.found(total) : t.count(total)}${asks && markup` · <a href="/">${t.showAll}</a>`}</p>
${links.length === 0 && markup`<p class="hint">${t.emptyShelf}</p>`}
<ul class="links">${some.map((link) => entry(t, link, query, names))}</ul>
${pages > 1 && turns}
</main>
</div>
<footer>${links.length > 0 && markup`<a href="/bookmarks.html" download>${t.exportLinks}</a>`}</footer>`,
  );
}

function tagList(t: Texts, links: readonly Link[], query: Query): Markup {
  const entry = (tag: string, text: string, count: number) =>
    markup`
<li><a href="${toAddress({ ...query, tag, page: 1 })}"${query.tag === tag && markup` aria-current="true"`}>${text}
<span>${count}</span></a></li>`;
  const counts = tagCounts(links, t.lang);
  return markup`
<nav class="tags" aria-label="${t.tags}">
${
    counts.length > 0 &&
    markup`<ul>${entry("", t.allTags, links.length)}${counts.map(([tag, count]) => entry(tag, `#${tag}`, count))}</ul>`
  }
</nav>`;
}

function entry(t: Texts, { id, url, title, note, tags, by, at }: Link, query: Query, names: ReadonlyMap<string, string>): Markup {
  const date = new Intl.DateTimeFormat(t.lang, { dateStyle: "medium" }).format(new Date(at));
  return markup`
<li>
<h2><a href="${url}" rel="noopener noreferrer">${title}</a></h2>
<p class="host">${hostOf(url)}</p>
${note && markup`<p class="note">${note}</p>`}
<p class="about">${tags.map((tag) => markup`<a class="tag" href="${toAddress({ ...query, tag, page: 1 })}">#${tag}</a> `)}
<span><time datetime="${at}">${date}</time>${names.size > 1 && ` ${t.addedBy(names.get(by) ?? t.somebody)}`}
· <a href="/links/${id}" aria-label="${t.editLabel(title)}">${t.edit}</a></span></p>
</li>`;
}

/** DraftPage is what the page shows where a link is written. */
export interface DraftPage {
  draft: Draft;
  /** The id of the link, if it is on the shelf. */
  id?: string;
  known?: boolean;
  /** Why the draft couldn't be taken. */
  trouble?: { field: keyof Draft; text: string };
}

/** draftPage shows a form to write a link. */
export function draftPage(t: Texts, { draft, id, known, trouble }: DraftPage): Markup {
  const title = id ? t.editTitle : t.add;
  const label = (name: keyof Draft) => {
    const wrong = trouble?.field === name;
    const describedBy = [t.hints[name] && `${name}-hint`, wrong && `${name}-trouble`].filter(Boolean).join(" ");
    return {
      above: markup`<label for="${name}">${t.fields[name]}</label>`,
      attributes: markup`id="${name}" name="${name}"${wrong && markup` aria-invalid="true"`}${
        describedBy && markup` aria-describedby="${describedBy}"`
      }`,
      below: markup`${t.hints[name] && markup`<p class="below" id="${name}-hint">${t.hints[name]}</p>`}
${wrong && markup`<p class="trouble" id="${name}-trouble" role="alert">${trouble?.text}</p>`}`,
    };
  };
  const input = (name: keyof Draft, more: Markup) => {
    const { above, attributes, below } = label(name);
    return markup`${above}<input ${attributes} value="${draft[name]}" autocomplete="off" ${more}>${below}`;
  };
  const note = label("note");

  return page(
    t,
    title,
    markup`
<header>
<h1>${title}</h1>
<a href="/">${t.back}</a>
</header>
<main class="narrow">
${known && markup`<p class="known" role="status">${t.known}</p>`}
<form class="draft" method="post" action="${id ? `/links/${id}` : "/links"}">
${input("url", markup`required inputmode="url" maxlength="${maxLength.url}"${!id && markup` autofocus`}`)}
${input("title", markup`maxlength="${maxLength.title}"`)}
${note.above}<textarea ${note.attributes} rows="4" maxlength="${maxLength.note}">
${draft.note}</textarea>${note.below}
${input("tags", markup`autocapitalize="none"`)}
<button class="main">${t.save}</button>
</form>
${id && markup`<form method="post" action="/links/${id}/remove"><button>${t.remove}</button></form>`}
</main>`,
  );
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
