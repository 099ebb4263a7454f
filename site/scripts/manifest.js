// Writes manifests: manifestText(value, "json" or "yaml").
"use strict";

function manifestText(value, syntax) {
  return syntax === "yaml" ? yamlLines(value).join("\n") + "\n" : JSON.stringify(value, null, 2) + "\n";
}

// yamlLines writes an object or an array in YAML's block style.
function yamlLines(value) {
  const lines = [];
  const put = (before, part) => {
    if (part === null || typeof part !== "object" || Object.keys(part).length === 0) {
      lines.push(`${before} ${yamlScalar(part)}`);
    } else if (before === "-") { // its first line stands beside the hyphen
      yamlLines(part).forEach((line, i) => lines.push((i === 0 ? "- " : "  ") + line));
    } else {
      lines.push(before, ...yamlLines(part).map((line) => "  " + line));
    }
  };
  if (value === null || typeof value !== "object" || Object.keys(value).length === 0) lines.push(yamlScalar(value));
  else if (Array.isArray(value)) value.forEach((item) => put("-", item));
  else Object.entries(value).forEach(([key, part]) => put(yamlScalar(key) + ":", part));
  return lines;
}

// yamlScalar quotes all texts but those that can be nothing else.
function yamlScalar(value) {
  if (value !== null && typeof value === "object") return Array.isArray(value) ? "[]" : "{}";
  if (typeof value !== "string") return String(value);
  const reserved = /^(?:true|false|yes|no|on|off|null|nan|inf|y|n)$/i;
  if (/^[A-Za-z][A-Za-z0-9 ._/-]*$/.test(value) && !value.endsWith(" ") && !reserved.test(value)) return value;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}
