// What the pages say, in each language.

import type { Draft } from "./shelf.ts";

const en = {
  lang: "en",
  title: "Link shelf",
  add: "Add a link",
  search: "Search",
  searchLabel: "Search titles, addresses, notes and tags",
  tags: "Tags",
  allTags: "All links",
  count: (n: number) => n === 0 ? "No links" : n === 1 ? "1 link" : `${n} links`,
  found: (n: number) => n === 0 ? "Nothing found" : n === 1 ? "1 link found" : `${n} links found`,
  showAll: "Show all",
  emptyShelf: "The shelf is empty. Add the first link.",
  newer: "Newer",
  older: "Older",
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  addedBy: (name: string) => `by ${name}`,
  somebody: "somebody",
  edit: "Edit",
  editLabel: (title: string) => `Edit ${title}`,
  editTitle: "Edit a link",
  fields: { url: "Address", title: "Title", note: "Note", tags: "Tags" } as Record<keyof Draft, string>,
  hints: {
    title: "Left empty, the address is shown.",
    tags: "Separate them with commas or spaces.",
  } as Partial<Record<keyof Draft, string>>,
  save: "Save",
  remove: "Take off the shelf",
  back: "Back to the shelf",
  known: "This link is on the shelf already. You can change it here.",
  missing: "Paste the address of a page.",
  noAddress: "That isn’t the address of a web page. It should look like https://example.org/page.",
  long: (max: number) => `That is too long: ${max} characters are enough.`,
  many: (max: number) => `Those are too many: ${max} tags are enough.`,
  full: (max: number) => `The shelf is full: it holds ${max} links.`,
  exportLinks: "Export as bookmarks",
  failed: "That didn’t work",
  failedText: "The shelf is as it was. Go back and try again.",
};

/** Texts are what the pages say in one language. */
export type Texts = typeof en;

const de: Texts = {
  lang: "de",
  title: "Linkregal",
  add: "Link hinzufügen",
  search: "Suchen",
  searchLabel: "Titel, Adressen, Notizen und Schlagwörter durchsuchen",
  tags: "Schlagwörter",
  allTags: "Alle Links",
  count: (n) => n === 0 ? "Keine Links" : n === 1 ? "1 Link" : `${n} Links`,
  found: (n) => n === 0 ? "Nichts gefunden" : n === 1 ? "1 Link gefunden" : `${n} Links gefunden`,
  showAll: "Alle zeigen",
  emptyShelf: "Das Regal ist leer. Füge den ersten Link hinzu.",
  newer: "Neuere",
  older: "Ältere",
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  addedBy: (name) => `von ${name}`,
  somebody: "irgendwem",
  edit: "Ändern",
  editLabel: (title) => `${title} ändern`,
  editTitle: "Link ändern",
  fields: { url: "Adresse", title: "Titel", note: "Notiz", tags: "Schlagwörter" },
  hints: {
    title: "Bleibt er leer, wird die Adresse gezeigt.",
    tags: "Trenne sie mit Kommas oder Leerzeichen.",
  },
  save: "Speichern",
  remove: "Aus dem Regal nehmen",
  back: "Zurück zum Regal",
  known: "Dieser Link steht schon im Regal. Du kannst ihn hier ändern.",
  missing: "Füge die Adresse einer Seite ein.",
  noAddress: "Das ist keine Adresse einer Webseite. Sie sollte aussehen wie https://example.org/seite.",
  long: (max) => `Das ist zu lang: ${max} Zeichen reichen.`,
  many: (max) => `Das sind zu viele: ${max} Schlagwörter reichen.`,
  full: (max) => `Das Regal ist voll: Es fasst ${max} Links.`,
  exportLinks: "Als Lesezeichen exportieren",
  failed: "Das hat nicht geklappt",
  failedText: "Das Regal ist, wie es war. Geh zurück und versuch es noch einmal.",
};

/** texts returns the texts in the language that the browser asks for first (Accept-Language), and otherwise in English. */
export function texts(accepted: string | null): Texts {
  const wanted = (accepted ?? "").split(",").map((entry) => {
    const [tag, ...parameters] = entry.trim().toLowerCase().split(";");
    const quality = parameters.map((p) => p.trim()).find((p) => p.startsWith("q="));
    return { language: tag.split("-")[0], quality: quality ? Number(quality.slice(2)) || 0 : 1 };
  });
  wanted.sort((a, b) => b.quality - a.quality);
  const first = wanted.find(({ language, quality }) => quality > 0 && (language === "en" || language === "de"));
  return first?.language === "de" ? de : en;
}
