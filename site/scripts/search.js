// Searches the packages in the browser. The index is files; internal/search makes them, and says what they hold. Every rule about words there is kept here alike.
//
// A form with role="search" gets a list below its field, or, if data-results is the id of an element, in there. The form says where the files are (data-index, data-cards, data-top, data-pages) and
// has the texts that are shown. All else on the page works without this script.
(() => {
  "use strict";

  const budget = 50_000; // bytes that one query may fetch, not compressed, as if nothing of it were cached
  const cardsShare = 12_000; // of it, for what the results show
  let cardSize = 1_500; // what one result is taken to need until it is there; the largest one so far, if that is more
  const subtree = 16_000; // a beginning with no more than this below it is looked up whole
  const typosShare = 24_000; // for words that may be meant
  const enough = 3; // with fewer results, words are taken for mistyped
  const maxQuery = 200, maxWords = 8, maxWord = 24, maxName = 40, maxMeant = 8;

  // Words. See fold.go.

  const folds = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ς": "σ", "ى": "ي", "ة": "ه" };
  const dense = "\\u0E00-\\u0EFF\\u1000-\\u109F\\u1780-\\u17FF\\u3005-\\u30FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\u{20000}-\\u{3FFFF}";
  const isDense = new RegExp(`[${dense}]`, "u");
  const alike = new RegExp(`[${dense}]+|[^${dense}]+`, "gu");

  const fold = (s) => s.normalize("NFKD").replace(/[\p{Mn}\p{Me}]/gu, "").toLowerCase().replace(/[ßæœøłđıςىة]/g, (c) => folds[c]);
  const cut = (s, n) => [...s].slice(0, n).join("");

  function runs(s) {
    return (fold(s).match(/[\p{L}\p{N}\p{Mc}]+/gu) ?? []).flatMap((run) => run.match(alike));
  }

  // parse returns what a query asks for. Every word has to match; those with a prefix may go on.
  function parse(text) {
    const parts = runs(text.slice(0, maxQuery));
    const words = new Map();
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      const letters = [...part];
      if (!isDense.test(part)) {
        const word = cut(part, maxWord);
        words.set(word, { text: word, prefix: last, dense: false });
      } else if (letters.length === 1) {
        words.set(part, { text: part, prefix: true, dense: true });
      } else {
        for (let k = 1; k < letters.length; k++) {
          const pair = letters[k - 1] + letters[k];
          words.set(pair, { text: pair, prefix: last && k === letters.length - 1, dense: true });
        }
      }
    });
    return { words: [...words.values()].slice(0, maxWords), runs: parts, whole: cut(parts.join("-"), maxName).replace(/-$/, "") };
  }

  // Files. One that two queries want is fetched once; one that no query wants any more is given up.

  const files = new Map();
  let cacheMode = "default";

  function start(url) {
    const stop = new AbortController();
    const file = { url, users: 0, done: false, stop };
    file.content = (async () => {
      const response = await fetch(url, { signal: stop.signal, cache: cacheMode, credentials: "omit", referrerPolicy: "no-referrer" });
      if (!response.ok) {
        throw new Error(`${url}: ${response.status}`);
      }
      const data = await response.arrayBuffer();
      file.done = true;
      return { value: JSON.parse(new TextDecoder().decode(data)), size: data.byteLength };
    })();
    file.content.catch(() => {
      if (files.get(url) === file) {
        files.delete(url);
      }
    });
    files.set(url, file);
    return file;
  }

  class Query {
    files = new Map();
    spent = 0;
    stale = false;

    // fetch returns a file's content. Of what it costs an estimate is spent at once.
    async fetch(url, estimate) {
      return (await this.file(url, estimate)).value;
    }

    // card returns a file of what a result shows.
    async card(url) {
      const { value, size } = await this.file(url, cardSize);
      cardSize = Math.max(cardSize, size);
      return value;
    }

    async file(url, estimate) {
      let file = this.files.get(url);
      if (file) {
        return file.content;
      }
      file = files.get(url) ?? start(url);
      file.users++;
      this.files.set(url, file);
      this.spent += estimate;
      const content = await file.content;
      this.spent += content.size - estimate;
      if (this.stale) {
        throw new DOMException("a newer query took over", "AbortError");
      }
      return content;
    }

    // affords tells whether the index files of these nodes may be fetched, too.
    affords(names, share = budget - cardsShare) {
      return this.spent + names.reduce((sum, [url, size]) => sum + (this.files.has(url) ? 0 : size), 0) <= share;
    }

    // end gives up what is under way for this query alone. The next query took what it wants before.
    end() {
      this.stale = true;
      setTimeout(() => {
        for (const file of this.files.values()) {
          if (--file.users === 0 && !file.done) {
            file.stop.abort();
            files.delete(file.url);
          }
        }
      });
    }
  }

  // The index. See path.go, postings.go and files.go.

  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const digitValues = new Map([...digits].map((c, i) => [c, i]));

  const path = (key) => key.replace(/[^a-z0-9-]/gu, (c) => "~" + c.codePointAt(0).toString(16).padStart(5, "0"));
  const letters = (path) => path.replace(/_$|~[0-9a-f]{0,4}$/, "").replace(/~([0-9a-f]{5})/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));

  function outline(text) {
    const node = /([a-z0-9_~-]*)([A-Z]+)(\(?)/y;
    let at = 0;
    const read = (above) => {
      node.lastIndex = at;
      const match = node.exec(text);
      if (!match) {
        throw new Error("the outline of the index ends early");
      }
      at = node.lastIndex;
      const size = 256 * [...match[2]].reduce((n, c) => n * 26 + c.charCodeAt(0) - 65, 0);
      const found = { path: above + match[1], size, kids: null };
      if (match[3]) {
        found.kids = [];
        while (text[at] !== ")") {
          found.kids.push(read(found.path));
        }
        at++;
      }
      return found;
    };
    return text ? read("") : null;
  }

  // find returns the node below which all keys of a path are: it may be a leaf that has others, too.
  function find(top, path) {
    for (let node = top; node; ) {
      if (node.path.startsWith(path) || (!node.kids && path.startsWith(node.path))) {
        return node;
      }
      if (!node.kids || !path.startsWith(node.path)) {
        return null;
      }
      const at = node.path.length;
      node = node.kids.find((kid) => kid.path[at] === path[at]);
    }
    return null;
  }

  const leaves = (node) => (node.kids ? node.kids.flatMap(leaves) : [node]);

  // entries calls back with each key of a leaf and its postings.
  function entries(node, text, each) {
    if (typeof text !== "string") {
      throw new Error(`${node.path}: expected a leaf of the index`);
    }
    let last = letters(node.path);
    for (const entry of text.split(",")) {
      const colon = entry.indexOf(":");
      const rest = colon < 0 ? entry.slice(1) : entry.slice(1, colon);
      last = cut(last, parseInt(entry[0], 36)) + rest;
      each(last, colon < 0 ? "" : entry.slice(colon + 1));
    }
  }

  // postings calls back with each place and number.
  function postings(text, each) {
    for (const part of text ? text.split(".") : []) {
      let number = 0, gap = 0, scale = 1;
      for (let i = 1; i < part.length; i++) {
        const digit = digitValues.get(part[i]);
        gap += (digit & 31) * scale;
        scale *= 32;
        if (digit < 32) {
          number += gap;
          each(Number(part[0]), number);
          gap = 0;
          scale = 1;
        }
      }
    }
  }

  // The outlines by the text of the root: parsing them takes longer than the rest of a query.
  let parsed = { root: null };

  class Index {
    constructor(base, query, root) {
      if (root?.format !== 1) {
        throw new Error("expected an index of format 1");
      }
      if (parsed.root !== root) {
        parsed = { root, terms: outline(root.terms), typos: outline(root.typos), stop: new Set(root.stop.split(" ")) };
      }
      Object.assign(this, { base, query, terms: parsed.terms, typos: parsed.typos, stop: parsed.stop });
    }

    file(kind, node) {
      return [`${this.base}${kind}-${node.path}.json`, node.size];
    }

    // exact returns the postings of one key: a list of [key, postings], and whether it could be afforded.
    async exact(key) {
      const node = find(this.terms, path(key) + "_");
      const list = [];
      if (!node) {
        return { list, complete: true };
      }
      const file = this.file("t", node);
      if (!this.query.affords([file])) {
        return { list, complete: false };
      }
      entries(node, await this.query.fetch(...file), (k, value) => k === key && list.push([k, value]));
      return { list, complete: true };
    }

    // below does the same for all keys with a beginning. Where they are too many it returns those documents that come first, under no key.
    async below(text) {
      const node = find(this.terms, path(text));
      const list = [];
      if (!node) {
        return { list, complete: true };
      }
      const all = leaves(node);
      const names = all.map((leaf) => this.file("t", leaf));
      if ((all.length === 1 || names.reduce((sum, [, size]) => sum + size, 0) <= subtree) && this.query.affords(names)) {
        await Promise.all(all.map(async (leaf, i) => {
          entries(leaf, await this.query.fetch(...names[i]), (k, value) => k.startsWith(text) && list.push([k, value]));
        }));
        return { list, complete: true };
      }
      const inner = this.file("t", node);
      const [, exact] = await Promise.all([
        (async () => {
          if (node.kids && this.query.affords([inner])) {
            const tops = await this.query.fetch(...inner);
            if (typeof tops !== "object") {
              throw new Error(`${node.path}: expected an inner file of the index`);
            }
            Object.values(tops).forEach((top) => list.push([null, top.slice(top.indexOf(" ") + 1)]));
          }
        })(),
        this.exact(text),
      ]);
      return { list: list.concat(exact.list), complete: false };
    }

    // meant returns words that a mistyped one may mean, the likeliest first: [word, distance].
    async meant(word) {
      const letters = [...word.text];
      const most = letters.length >= 8 ? 2 : 1;
      const [a, b, c] = letters;
      const share = Math.min(this.query.spent + typosShare, budget - cardsShare);
      const found = new Map();
      const nodes = [...new Set([a + b, a + c, b + c])].flatMap((pair) => {
        const node = find(this.typos, path(pair));
        return node ? leaves(node).map((leaf) => ({ leaf, pair, first: leaf.path.startsWith(path(pair + a)) || path(pair + a).startsWith(leaf.path) })) : [];
      });
      // Where there isn't room for all, those go first whose words begin as this one does.
      nodes.sort((x, y) => y.first - x.first);
      await Promise.all(nodes.map(async ({ leaf, pair }) => {
        const file = this.file("y", leaf);
        if (!this.query.affords([file], share)) {
          return;
        }
        entries(leaf, await this.query.fetch(...file), (key) => {
          if (key.startsWith(pair)) {
            const other = key.slice(pair.length);
            const d = distance(letters, [...other], word.prefix, most);
            if (d > 0 && d <= most) {
              found.set(other, d);
            }
          }
        });
      }));
      const off = (w) => Math.abs([...w].length - letters.length);
      return [...found].sort(([v, d], [w, e]) => d - e || off(v) - off(w) || (v < w ? -1 : 1)).slice(0, maxMeant);
    }
  }

  // distance counts the letters that are missing, too many, wrong, or swapped with their neighbour; with prefix, what follows in b is free. More than most is as good as endless.
  function distance(a, b, prefix, most) {
    const width = Math.min(b.length, a.length + most);
    if (width < a.length - most || (!prefix && b.length > width)) {
      return Infinity;
    }
    let before = [], last = Array.from({ length: width + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= width; j++) {
        let d = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          d = Math.min(d, before[j - 2] + 1);
        }
        row.push(d);
        least = Math.min(least, d);
      }
      if (least > most) {
        return Infinity;
      }
      [before, last] = [last, row];
    }
    return prefix ? Math.min(...last) : last[width];
  }

  // Ranking.

  const points = [9, 8, 4, 3, 2]; // of a word, by place: whole name, name, keyword, author, summary

  // collect adds the documents of a list to the hits of a word. A word that is whole counts a little more than one that goes on.
  function collect(hits, list, text, distance) {
    for (const [key, value] of list) {
      const bonus = key === text ? 1 : 0;
      postings(value, (place, number) => {
        const hit = { points: points[place] + bonus, distance };
        const old = hits.get(number);
        if (!old || old.distance > distance || (old.distance === distance && old.points < hit.points)) {
          hits.set(number, hit);
        }
      });
    }
  }

  // name notes the documents whose name is the text (2), or begins with it (1).
  function name(levels, list, text) {
    for (const [key, value] of list) {
      postings(value, (place, number) => {
        const level = key === text ? 2 : 1;
        if (place === 0 && (levels.get(number) ?? 0) < level) {
          levels.set(number, level);
        }
      });
    }
  }

  // join returns the documents that have all words, the best first: what is typed right before what isn't; the whole name, then its beginning; the weight of the places; the fewer
  // errors; the newer package.
  function join(words, levels) {
    const needed = words.filter((w) => w.needed).sort((v, w) => v.hits.size - w.hits.size);
    const numbers = new Set();
    for (const list of needed.length > 0 ? [needed[0]] : words) {
      for (const number of list.hits.keys()) {
        if (needed.every((w) => w.hits.has(number))) {
          numbers.add(number);
        }
      }
    }
    for (const number of levels.keys()) {
      numbers.add(number);
    }
    const found = [...numbers].map((number) => {
      const all = words.map((w) => w.hits.get(number)).filter(Boolean);
      return {
        number,
        level: levels.get(number) ?? 0,
        points: all.reduce((sum, h) => sum + h.points, 0),
        distance: all.reduce((sum, h) => sum + h.distance, 0),
      };
    });
    return found.sort((a, b) => Math.sign(a.distance) - Math.sign(b.distance) || b.level - a.level || b.points - a.points || a.distance - b.distance || b.number - a.number);
  }

  // search returns the documents found, whether there are more, and the words to show as found.
  async function search(query, base, asked) {
    const index = new Index(base, query, await query.fetch(`${base}root.json`, 4_000));
    const levels = new Map();
    const words = asked.words.map((word) => ({ ...word, hits: new Map(), needed: true, meant: [] }));
    const lookups = words.map((word) => (word.prefix ? index.below(word.text) : index.exact(word.text)));
    const looked = await Promise.all([...lookups, index.below(asked.whole)]);
    let more = false;
    for (const [i, word] of words.entries()) {
      const { list, complete } = looked[i];
      collect(word.hits, list, word.text, 0);
      // A word that is in too many places to be looked up whole lifts what is known of it, and leaves out nothing.
      word.needed = complete && !(index.stop.has(word.text) && words.length > 1);
      more ||= !complete && words.length === 1;
    }
    name(levels, looked.at(-1).list, asked.whole);
    let found = join(words, levels);
    const doubtful = words.filter((w) => w.needed && !w.dense && [...w.text].length >= 4 && !/^\p{N}+$/u.test(w.text)).sort((v, w) => v.hits.size - w.hits.size);
    for (const word of doubtful) {
      if (found.length >= enough) {
        break;
      }
      word.meant = await index.meant(word);
      await Promise.all(word.meant.map(async ([text, d]) => {
        const { list } = await index.exact(text);
        collect(word.hits, list, text, d);
        if (asked.runs.length === 1) {
          name(levels, list, text);
        }
      }));
      found = join(words, levels);
    }
    const marks = words.flatMap((w) => [w, ...w.meant.map(([text]) => ({ text, dense: false }))]);
    return { found, more, marks };
  }

  // What is shown.

  const element = (tag, className, text = "") => {
    const e = document.createElement(tag);
    e.className = className;
    e.textContent = text;
    return e;
  };

  // clean returns a text without what would change the text around it.
  const clean = (s) => String(s ?? "").replace(/[\u202A-\u202E\u2066-\u2069\uFEFF]/g, "").replace(/[\p{Cc}\u2028\u2029]/gu, " ").trim();

  // best returns the text in the language that readers of one are best served with, as all pages do.
  function best(texts, lang = "en") {
    const tags = Object.keys(texts ?? {}).sort();
    const base = (tag) => tag.split("-")[0];
    const tag = [lang, base(lang), tags.find((t) => base(t) === base(lang)), "en", tags[0]].find((t) => tags.includes(t));
    return { lang: tag, text: clean(texts?.[tag]) };
  }

  const url = (published) => published.split("/").map(encodeURIComponent).join("/");

  // marked returns a text in which the words that were found are marked.
  function marked(className, text, marks) {
    const e = element("span", className);
    let at = 0;
    const plain = (to) => e.append(text.slice(at, to));
    for (const word of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      let folded = "";
      const from = []; // where in the word each folded letter comes from
      let offset = 0;
      for (const c of word[0]) {
        const f = fold(c);
        from.push(...Array(f.length).fill(offset));
        folded += f;
        offset += c.length;
      }
      let best = null;
      for (const m of marks) {
        const start = m.dense ? folded.indexOf(m.text) : folded.startsWith(m.text) ? 0 : -1;
        if (start >= 0 && (!best || m.text.length > best[1] - best[0])) {
          best = [start, start + m.text.length];
        }
      }
      if (best) {
        const start = word.index + from[best[0]];
        const end = word.index + (from[best[1]] ?? word[0].length);
        plain(start);
        e.append(element("mark", "", text.slice(start, end)));
        at = end;
      }
    }
    plain(text.length);
    return e;
  }

  // icon returns a package's picture, or the letter that stands in for it, as all pages show it.
  function icon(card, title) {
    if (card.icon) {
      const img = element("img", "icon");
      img.alt = "";
      img.width = img.height = 48;
      img.src = card.top + url(card.icon);
      if (card.icon_2x) {
        img.srcset = `${card.top + url(card.icon)}, ${card.top + url(card.icon_2x)} 2x`;
      }
      return img;
    }
    const tile = new TextEncoder().encode(card.id).reduce((sum, byte) => (sum * 31) % 9973 + byte, 0) % 6;
    const span = element("span", `icon tile${tile}`, (title.match(/[\p{L}\p{Nd}]/u)?.[0] ?? "?").toUpperCase());
    span.setAttribute("aria-hidden", "true");
    return span;
  }

  class Search {
    static count = 0;

    constructor(form) {
      this.form = form;
      this.input = form.querySelector("input[type=search]");
      this.data = form.dataset;
      this.id = `search-${++Search.count}`;
      this.shown = []; // options
      this.active = -1;
      this.query = new Query();
      const place = document.getElementById(this.data.results ?? "");
      this.popup = !place;
      this.size = this.popup ? 8 : 20;
      const box = place ?? form.appendChild(element("div", "found"));
      this.list = box.appendChild(element("div", "results"));
      this.list.id = this.id;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.data.label ?? "");
      this.list.hidden = true;
      this.further = box.appendChild(element("button", "more", this.data.more ?? ""));
      this.further.type = "button";
      this.further.hidden = true;
      this.status = box.appendChild(element("p", "status"));
      this.status.setAttribute("role", "status");
      const set = (name, value) => this.input.setAttribute(name, value);
      set("role", "combobox");
      set("aria-autocomplete", "list");
      set("aria-controls", this.id);
      set("aria-expanded", "false");
      set("autocomplete", "off");

      this.input.addEventListener("input", () => this.run());
      this.input.addEventListener("keydown", (event) => this.key(event));
      // The first key then finds the root there.
      this.input.addEventListener("focus", () => this.root().catch(() => {}));
      this.further.addEventListener("click", () => this.show().catch(() => this.fail()));
      form.addEventListener("submit", (event) => (!this.popup || this.active >= 0) && event.preventDefault());
      if (this.popup) {
        this.list.addEventListener("pointerdown", (event) => event.preventDefault());
        this.input.addEventListener("blur", (event) => {
          if (!box.contains(event.relatedTarget)) {
            this.next();
            this.close();
          }
        });
        this.input.addEventListener("focus", () => this.shown.length === 0 && this.input.value && this.run());
        return;
      }
      const asked = new URLSearchParams(location.search).get("q");
      if (asked) {
        this.input.value = asked.slice(0, maxQuery);
      }
      if (this.input.value) {
        this.run();
      }
    }

    root() {
      return (files.get(`${this.data.index}root.json`) ?? start(`${this.data.index}root.json`)).content;
    }

    // run answers what the field asks now.
    async run() {
      const asked = parse(this.input.value);
      this.keep();
      const query = this.next();
      if (asked.words.length === 0) {
        this.close();
        return;
      }
      try {
        let result;
        try {
          result = await search(query, this.data.index, asked);
        } catch (error) {
          if (query.stale) {
            return;
          }
          // A new edition may be out, whose files don't fit those that came before.
          files.clear();
          cacheMode = "no-cache";
          result = await search(this.next(), this.data.index, asked).finally(() => { cacheMode = "default"; });
        }
        this.rest = result.found;
        this.result = result;
        await this.show(true);
      } catch (error) {
        if (error.name !== "AbortError") {
          this.fail();
        }
      }
    }

    // next ends the query that ran before.
    next() {
      this.query.end();
      return (this.query = new Query());
    }

    // show adds results, or starts with the first ones.
    async show(first = false) {
      if (!first) {
        this.next();
      }
      const query = this.query;
      const cards = [];
      // The more results are there, the better it is known how many more can be afforded.
      while (this.rest.length > 0 && cards.length < this.size && (cards.length === 0 || query.spent + cardSize <= budget)) {
        const room = Math.max(1, Math.floor((budget - query.spent) / cardSize));
        const batch = this.rest.slice(0, Math.min(room, 8, this.size - cards.length));
        const loaded = await Promise.allSettled(batch.map(({ number }) => query.card(`${this.data.cards}${number}.json`)));
        if (query.stale) {
          return;
        }
        if (loaded.every((l) => l.status === "rejected")) {
          throw loaded[0].reason;
        }
        this.rest = this.rest.slice(batch.length);
        // A package that went since the index was fetched has no card.
        cards.push(...loaded.filter((l) => l.status === "fulfilled").map((l) => l.value));
      }
      if (first) {
        this.shown = [];
        this.activate(-1);
      }
      const had = this.shown.length;
      const options = cards.map((card, i) => this.option(card, had + i));
      this.shown.push(...options);
      first ? this.list.replaceChildren(...options) : this.list.append(...options);
      this.list.hidden = this.shown.length === 0;
      this.further.hidden = this.popup || this.rest.length === 0;
      this.input.setAttribute("aria-expanded", String(!this.list.hidden));
      if (!first && options.length > 0) {
        this.input.focus();
        this.activate(had);
      }
      const n = this.result.found.length;
      const text = n === 0 ? this.data.none : this.result.more ? this.data.over : n === 1 ? this.data.one : this.data.many;
      this.say((text ?? "").replace("{n}", n.toLocaleString(this.data.lang || undefined)));
    }

    option(card, i) {
      const title = best(card.name, this.data.lang), summary = best(card.summary, this.data.lang);
      title.text ||= card.id;
      const a = element("a", "result");
      a.setAttribute("role", "option");
      a.id = `${this.id}-${i}`;
      a.tabIndex = -1;
      a.setAttribute("aria-selected", "false");
      a.href = `${this.data.pages}apps/${encodeURIComponent(card.id)}/index.html`;
      const body = element("span", "body");
      for (const [className, { lang, text }] of [["name", title], ["summary", summary]]) {
        const span = marked(className, text, this.result.marks);
        span.dir = "auto";
        if (lang && lang !== this.data.lang) {
          span.lang = lang;
        }
        text && body.append(span, " ");
      }
      body.append(element("span", "meta", clean(card.version)));
      a.append(icon({ ...card, top: this.data.top }, title.text), body);
      return a;
    }

    activate(i) {
      this.shown[this.active]?.setAttribute("aria-selected", "false");
      this.active = i;
      const option = this.shown[i];
      if (!option) {
        this.input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const count = this.list.hidden ? 0 : this.shown.length;
      const to = (i) => {
        event.preventDefault();
        this.activate(i);
      };
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) {
        return;
      }
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp": {
          const down = event.key === "ArrowDown";
          if (count > 0) {
            // Beyond either end is the field itself.
            to(down ? (this.active + 2) % (count + 1) - 1 : (this.active + count + 1) % (count + 1) - 1);
          } else if (this.input.value && down) {
            event.preventDefault();
            this.run();
          }
          break;
        }
        case "Home":
          this.active >= 0 && to(0);
          break;
        case "End":
          this.active >= 0 && to(count - 1);
          break;
        case "Enter":
          if (this.active >= 0) {
            event.preventDefault();
            this.shown[this.active].click();
          }
          break;
        case "Escape":
          if (this.active >= 0 && !this.popup) {
            to(-1);
          } else if (this.popup && (count > 0 || this.status.textContent)) {
            event.preventDefault();
            this.next();
            this.close();
          }
          break;
      }
    }

    // keep puts the query of the search page into its address.
    keep() {
      if (this.popup) {
        return;
      }
      const address = new URL(location.href);
      const q = this.input.value.slice(0, maxQuery);
      if (q === (address.searchParams.get("q") ?? "")) {
        return;
      }
      q ? address.searchParams.set("q", q) : address.searchParams.delete("q");
      try {
        history.replaceState(history.state, "", address);
      } catch {
        // Pages from a disk may not; and browsers count how often a page does.
      }
    }

    close() {
      this.activate(-1);
      this.shown = [];
      this.list.replaceChildren();
      this.list.hidden = this.further.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.say("");
    }

    fail() {
      this.close();
      this.say(this.data.failed ?? "");
    }

    say(text) {
      if (this.status.textContent !== text) {
        this.status.textContent = text;
      }
    }
  }

  for (const form of document.querySelectorAll("form[role=search][data-index]")) {
    new Search(form);
  }
})();
