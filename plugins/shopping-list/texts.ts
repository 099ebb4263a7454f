// What the pages say, in each language.

const en = {
  lang: "en",
  title: "Shopping list",
  toGet: (n: number) => n === 0 ? "Nothing to get" : n === 1 ? "1 thing to get" : `${n} things to get`,
  add: "Add",
  addLabel: "What do you need?",
  basket: "In the basket",
  clear: "Empty the basket",
  tick: (text: string) => `Put ${text} in the basket`,
  untick: (text: string) => `Put ${text} back on the list`,
  remove: (text: string) => `Take ${text} off the list`,
  addedBy: (name: string) => `added by ${name}`,
  somebody: "somebody",
  emptyList: "The list is empty. Add the first thing above.",
  allDone: "That’s everything.",
  back: "Back to the list",
  isEmpty: "Write what you need, then add it.",
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
  addLabel: "Was brauchst du?",
  basket: "Im Korb",
  clear: "Korb leeren",
  tick: (text) => `${text} in den Korb legen`,
  untick: (text) => `${text} zurück auf die Liste setzen`,
  remove: (text) => `${text} von der Liste nehmen`,
  addedBy: (name) => `von ${name}`,
  somebody: "irgendwem",
  emptyList: "Die Liste ist leer. Füge oben das Erste hinzu.",
  allDone: "Das war alles.",
  back: "Zurück zur Liste",
  isEmpty: "Schreib, was du brauchst, und füge es dann hinzu.",
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
