// What the pages say, in each language.

const en = {
  lang: "en",
  title: "Shopping list",
  toGet: (n: number) => n === 0 ? "Nothing to get" : n === 1 ? "1 thing to get" : `${n} things to get`,
  add: "Add",
  name: "What do you need?",
  amount: "Amount",
  section: "Section",
  otherSection: "Anything else",
  basket: "In the basket",
  clear: "Empty the basket",
  tick: (name: string) => `Put ${name} in the basket`,
  untick: (name: string) => `Put ${name} back on the list`,
  edit: (name: string) => `Change ${name}`,
  editTitle: "Change an item",
  save: "Save",
  remove: (name: string) => `Take ${name} off the list`,
  addedBy: (name: string) => `added by ${name}`,
  somebody: "somebody",
  emptyList: "The list is empty. Add the first thing above.",
  allDone: "That’s everything.",
  back: "Back to the list",
  isEmpty: "Write what you need first.",
  isLong: (max: number) => `That is too long for a list: ${max} characters are enough.`,
  isFull: (max: number) => `The list is full: it holds ${max} things. Empty the basket first.`,
  failed: "That didn’t work",
  failedText: "The list is as it was. Go back and try again.",
};

/** Texts are what the pages say in one language. */
export type Texts = typeof en;

const de: Texts = {
  lang: "de",
  title: "Einkaufsliste",
  toGet: (n) => n === 0 ? "Nichts zu besorgen" : n === 1 ? "1 Sache zu besorgen" : `${n} Sachen zu besorgen`,
  add: "Hinzufügen",
  name: "Was brauchst du?",
  amount: "Menge",
  section: "Abteilung",
  otherSection: "Sonstiges",
  basket: "Im Korb",
  clear: "Korb leeren",
  tick: (name) => `${name} in den Korb legen`,
  untick: (name) => `${name} zurück auf die Liste setzen`,
  edit: (name) => `${name} ändern`,
  editTitle: "Eintrag ändern",
  save: "Speichern",
  remove: (name) => `${name} von der Liste nehmen`,
  addedBy: (name) => `von ${name}`,
  somebody: "irgendwem",
  emptyList: "Die Liste ist leer. Füge oben das Erste hinzu.",
  allDone: "Das war alles.",
  back: "Zurück zur Liste",
  isEmpty: "Schreib zuerst, was du brauchst.",
  isLong: (max) => `Das ist zu lang für eine Liste: ${max} Zeichen reichen.`,
  isFull: (max) => `Die Liste ist voll: Sie fasst ${max} Sachen. Leere zuerst den Korb.`,
  failed: "Das hat nicht geklappt",
  failedText: "Die Liste ist, wie sie war. Geh zurück und versuch es noch einmal.",
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
