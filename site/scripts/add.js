// Builds a manifest from the form of "add your app", shows it, says beside each field what is wrong with it, and hands it over to the repo's host.
"use strict";
(() => {
  const form = document.getElementById("add-form");
  if (!form) return;
  const say = form.dataset;
  const byId = (id) => document.getElementById(id);
  const text = byId("add-text"), open = byId("add-open"), copy = byId("add-copy"), download = byId("add-download");
  const touched = new Set(); // fields that somebody was in
  const written = new Set(); // fields that somebody changed
  let schema = null;
  let asked = false; // whether all that is wrong is to be shown
  let listed = ""; // what the list of problems says
  let file = null; // address of the manifest in memory

  // The fields right below a part of the form.
  const fieldsIn = (part) => [...part.querySelectorAll("[data-key]")].filter((field) => field.parentElement.closest("[data-item], [data-key], form") === part);
  const itemsIn = (list) => [...list.children].filter((child) => child.hasAttribute("data-item"));

  // What the fields of a part say, as an object. What isn't filled in isn't there; required objects and lists are.
  function read(part, bad) {
    const entries = [];
    for (const field of fieldsIn(part)) {
      const value = readField(field, bad);
      const empty = value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0 && !("required" in field.dataset) && !field.required);
      if (!empty) entries.push([field.dataset.key, value]);
    }
    return Object.fromEntries(entries);
  }

  function readField(field, bad) {
    const value = (field.value || "").trim();
    switch (field.dataset.kind) {
      case "group": return read(field, bad);
      case "list": return itemsIn(field).map((item) => read(item, bad));
      case "boolean": return field.checked || undefined;
      case "integer": return value === "" ? undefined : number(value);
      case "lines": return value === "" ? [] : lines(value);
      case "map": return Object.fromEntries(lines(value).map((line) => {
        const at = line.search(/:(\s|$)/);
        const rest = at < 0 ? "" : line.slice(at + 1).trim();
        return [at < 0 ? line : line.slice(0, at), "integers" in field.dataset ? number(rest) : rest];
      }));
      case "json":
        if (value === "") return undefined;
        try {
          return JSON.parse(value);
        } catch {
          bad.push(field);
          return undefined;
        }
      default: return value === "" ? undefined : value;
    }
  }

  const lines = (value) => value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const number = (value) => (/^-?(0|[1-9][0-9]{0,15})$/.test(value) ? Number(value) : value);

  // The field that a path of the manifest leads to, and what is left of the path there.
  function find(part, path) {
    const field = fieldsIn(part).find((one) => one.dataset.key === String(path[0]));
    if (!field) return { field: null, rest: path };
    if (field.dataset.kind === "group" && path.length > 1) {
      const inner = find(field, path.slice(1));
      return inner.field ? inner : { field, rest: path.slice(1) };
    }
    const item = field.dataset.kind === "list" && itemsIn(field)[path[1]];
    if (item && path.length > 2) {
      const inner = find(item, path.slice(2));
      return inner.field ? inner : { field, rest: path.slice(1) };
    }
    return { field, rest: path.slice(1) };
  }

  // A problem in words. Those of the schema itself are English.
  function words(problem, rest) {
    const expected = (what) => say.expected.replace("{what}", () => what);
    const limits = { type: say.type, enum: say.enum, oneOf: say.pattern, pattern: say.pattern, additionalProperties: say.unknown };
    let message = "";
    if (problem.keyword === "required") message = say.required;
    else if (problem.message) message = expected(problem.message.replace(/^expected /, ""));
    else message = expected((limits[problem.keyword] || say[problem.keyword] || say.pattern).replace("{limit}", () => problem.limit));
    if (rest.length === 0 || problem.keyword === "required") return message;
    return (typeof rest[0] === "number" ? say.entry.replace("{number}", rest[0] + 1) : rest[0]) + ": " + message;
  }

  // All that is wrong: field → words.
  function problemsOf(value, bad) {
    const found = new Map();
    const add = (field, message) => {
      if (field && !found.has(field)) found.set(field, message);
    };
    if (!isPackageId(byId("add-id").value)) add(byId("add-id"), say.id);
    const vendor = byId("add-vendor");
    if (vendor && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(vendor.value)) add(vendor, say.required);
    for (const field of bad) add(field, say.expected.replace("{what}", () => say.json));
    if (schema) {
      for (const problem of validate(schema, value)) {
        const { field, rest } = find(form, problem.path);
        add(field, words(problem, rest));
      }
    }
    return found;
  }

  const allFields = () => [...form.querySelectorAll("input[id], textarea[id], select[id], fieldset[id]")];

  function showProblems(found) {
    for (const field of allFields()) {
      const shown = found.has(field) && (asked || touched.has(field));
      const place = byId(field.id + "-error");
      place.hidden = !shown;
      place.textContent = shown ? found.get(field) : "";
      if (shown) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    const summary = byId("add-problems");
    summary.hidden = !asked || found.size === 0;
    const now = JSON.stringify(inOrder(found).map((field) => [field.id, found.get(field)]));
    if (summary.hidden || now === listed) return; // what stays isn't told again, and can be clicked on
    listed = now;
    summary.querySelector("ul").replaceChildren(...inOrder(found).map((field) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#" + field.id;
      link.textContent = nameOf(field) + ": " + found.get(field);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goTo(field);
      });
      item.append(link);
      return item;
    }));
  }

  const inOrder = (found) => allFields().filter((field) => found.has(field));

  function nameOf(field) {
    const label = field.tagName === "FIELDSET" ? field.querySelector("legend") : form.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    return label.firstElementChild && field.dataset.key ? label.querySelector("[lang]").textContent : label.firstChild.textContent.trim();
  }

  function goTo(field) {
    for (let part = field.parentElement; part && part !== form; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    field.focus();
  }

  // What the sample's names are called in this package.
  function names() {
    const id = byId("add-id");
    const parts = id.value.split(/[.-]/).filter((part) => part !== "");
    const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);
    const title = (id.dataset.sample.includes(".") ? parts.slice(-1) : parts).map(capital);
    const map = new Map([[id.dataset.sample, id.value], ["My App", title.join(" ")], ["MyApp", title.join("")]]);
    const vendor = byId("add-vendor");
    if (vendor) {
      map.set(vendor.dataset.sample, vendor.value);
      map.set(vendor.dataset.sample.split("-").map(capital).join(""), vendor.value.split("-").map(capital).join(""));
    }
    return map;
  }

  // Fields that nobody changed follow the id and the vendor.
  function follow() {
    const map = names();
    for (const field of form.querySelectorAll("[data-key][data-sample]")) {
      if (written.has(field) || field.dataset.sample === "") continue;
      let value = "";
      for (let rest = field.dataset.sample; rest !== "";) {
        const key = [...map.keys()].find((one) => rest.startsWith(one));
        value += key === undefined ? rest[0] : map.get(key);
        rest = rest.slice(key === undefined ? 1 : key.length);
      }
      field.value = value;
    }
  }

  const fileName = () => say.path.replaceAll("{id}", () => byId("add-id").value);

  function update() {
    const bad = [];
    const value = read(form, bad);
    const written = manifestText(value, say.syntax);
    const found = problemsOf(value, bad);
    text.textContent = written;
    byId("add-path").textContent = fileName();
    byId("add-status").textContent = found.size > 0 ? say.left : schema ? say.ok : say.unchecked;
    showProblems(found);
    if (file) URL.revokeObjectURL(file);
    file = URL.createObjectURL(new Blob([written], { type: "text/plain" }));
    download.href = file;
    download.download = fileName().split("/").pop();
    if (open) {
      const address = say.address.replace("{path}", () => encodeURIComponent(fileName())).replace("{text}", () => encodeURIComponent(written));
      const tooLong = address.length > Number(say.max);
      open.hidden = tooLong;
      byId("add-long").hidden = !tooLong;
      open.href = tooLong ? "#add-form" : address;
    }
    return found;
  }

  // Shows all that is wrong, and goes there.
  function ask() {
    asked = true;
    const found = update();
    if (found.size > 0) goTo(inOrder(found)[0]);
    return found.size === 0;
  }

  form.addEventListener("input", (event) => {
    written.add(event.target);
    if (event.target.id === "add-id" || event.target.id === "add-vendor") follow();
    update();
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.id) touched.add(event.target);
    update();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  form.addEventListener("click", (event) => {
    const list = event.target.closest("fieldset[data-kind=list]");
    if (event.target.closest("[data-add]")) {
      const count = Number(list.dataset.count || itemsIn(list).length);
      list.dataset.count = count + 1; // ids aren't given twice
      const item = list.querySelector("template").content.firstElementChild.cloneNode(true);
      for (const part of item.querySelectorAll("[id], [for]")) {
        for (const name of ["id", "for", "aria-describedby"]) {
          if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll(list.id + "-n-", `${list.id}-${count}-`));
        }
      }
      list.insertBefore(item, list.querySelector("template"));
      renumber(list);
      item.querySelector("input, textarea, select").focus();
      update();
    } else if (event.target.closest("[data-remove]")) {
      event.target.closest("[data-item]").remove();
      renumber(list);
      list.querySelector("[data-add]").focus();
      update();
    }
  });
  if (open) open.addEventListener("click", (event) => {
    if (!ask()) event.preventDefault();
  });
  download.addEventListener("click", ask);
  if (navigator.clipboard) {
    const label = copy.textContent;
    copy.addEventListener("click", async () => {
      ask();
      try {
        await navigator.clipboard.writeText(text.textContent);
        copy.textContent = copy.dataset.copied;
        setTimeout(() => { copy.textContent = label; }, 2000);
      } catch {
        getSelection().selectAllChildren(text);
      }
    });
  } else {
    copy.hidden = true;
  }

  const renumber = (list) => itemsIn(list).forEach((item, i) => { item.querySelector("[data-number]").textContent = i + 1; });
  form.querySelectorAll("fieldset[data-kind=list]").forEach(renumber);
  update();
  if (location.protocol === "file:") return; // pages may not read files there: then nothing is checked but the id
  fetch(say.schema).then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText)))).then((doc) => {
    schema = doc;
    update();
  }, () => {});
})();
