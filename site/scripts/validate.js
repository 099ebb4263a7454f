// Checks values against JSON Schemas, and ids. It knows the keywords that the published schemas use, and means by them what the publisher does.
"use strict";

// validate returns what is wrong with a value: the path to each problem, the keyword that it offends, that keyword's value, and the schema's own words where it has some.
function validate(schema, value) {
  return validatePart(schema, schema, value, []);
}

function validatePart(root, schema, value, path) {
  while (schema.$ref) schema = schema.$ref.slice(2).split("/").reduce((part, key) => part[key], root);
  const problems = [];
  const wrong = (keyword, limit, at = path, message = "") => problems.push({ path: at, keyword, limit, message });
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  if (schema.type && ![].concat(schema.type).some((type) => isOfType(type, value))) {
    wrong("type", schema.type, path, schema.patternErrorMessage);
    return problems; // the other keywords say nothing then that helps
  }
  if (schema.enum && !schema.enum.some((one) => sameValue(one, value))) wrong("enum", schema.enum.map((one) => JSON.stringify(one)).join(", "));
  if (schema.oneOf) problems.push(...validateOneOf(root, schema.oneOf, value, path));

  if (typeof value === "string") {
    const length = [...value].length;
    if (length > schema.maxLength) wrong("maxLength", schema.maxLength);
    if (has(schema, "pattern") && !expression(schema.pattern).test(value)) wrong("pattern", schema.pattern, path, schema.patternErrorMessage);
  } else if (typeof value === "number") {
    if (value < schema.minimum) wrong("minimum", schema.minimum);
    if (value > schema.maximum) wrong("maximum", schema.maximum);
  } else if (Array.isArray(value)) {
    if (value.length < schema.minItems) wrong("minItems", schema.minItems);
    if (value.length > schema.maxItems) wrong("maxItems", schema.maxItems);
    if (schema.uniqueItems) {
      value.forEach((item, i) => {
        if (value.slice(0, i).some((earlier) => sameValue(earlier, item))) wrong("uniqueItems", true, [...path, i]);
      });
    }
    if (schema.items) value.forEach((item, i) => problems.push(...validatePart(root, schema.items, item, [...path, i])));
  } else if (value !== null && typeof value === "object") {
    const keys = Object.keys(value);
    if (keys.length < schema.minProperties) wrong("minProperties", schema.minProperties);
    if (keys.length > schema.maxProperties) wrong("maxProperties", schema.maxProperties);
    for (const key of schema.required || []) {
      if (!has(value, key)) wrong("required", key, [...path, key]);
    }
    for (const key of keys) {
      const at = [...path, key];
      const parts = [];
      if (schema.properties && has(schema.properties, key)) parts.push(schema.properties[key]);
      for (const [pattern, part] of Object.entries(schema.patternProperties || {})) {
        if (expression(pattern).test(key)) parts.push(part);
      }
      if (parts.length === 0 && schema.additionalProperties === false) wrong("additionalProperties", key, at, schema.patternErrorMessage);
      if (parts.length === 0 && schema.additionalProperties) parts.push(schema.additionalProperties);
      for (const part of parts) {
        if (part !== true) problems.push(...validatePart(root, part, value[key], at));
      }
    }
  }
  return problems;
}

// validateOneOf holds a value against alternatives. Where none fits, the one that is nearest tells why.
function validateOneOf(root, alternatives, value, path) {
  const tried = alternatives.map((one) => validatePart(root, one, value, path));
  const fitting = tried.filter((problems) => problems.length === 0).length;
  if (fitting === 1) return [];
  if (fitting > 1) return [{ path, keyword: "oneOf", limit: fitting, message: "" }];
  const typed = tried.filter((problems) => !problems.some((p) => p.keyword === "type" && p.path.length === path.length));
  return (typed.length > 0 ? typed : tried).reduce((best, problems) => (problems.length < best.length ? problems : best));
}

function isOfType(type, value) {
  switch (type) {
    case "null": return value === null;
    case "array": return Array.isArray(value);
    case "object": return value !== null && typeof value === "object" && !Array.isArray(value);
    case "integer": return Number.isInteger(value);
    default: return typeof value === type;
  }
}

function sameValue(a, b) {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.prototype.hasOwnProperty.call(b, key) && sameValue(a[key], b[key]));
}

const expressions = new Map();

// expression compiles a pattern. The publisher's patterns know five kinds of white space, and a dot that stops at line feeds alone.
function expression(pattern) {
  let compiled = expressions.get(pattern);
  if (compiled) return compiled;
  const space = "\\t\\n\\f\\r ";
  let source = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    let c = pattern[i];
    if (c === "\\") c += pattern[++i];
    if (c === "\\s") c = inClass ? space : `[${space}]`;
    else if (c === "\\S") c = `[^${space}]`;
    else if (c === "." && !inClass) c = "[^\\n]";
    else if (c === "[") inClass = true;
    else if (c === "]") inClass = false;
    source += c;
  }
  compiled = new RegExp(source, "u");
  expressions.set(pattern, compiled);
  return compiled;
}

// isPackageId reports whether a text can be the id of a package.
function isPackageId(id) {
  const part = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
  return id.length <= 128 && new RegExp(`^${part}(?:\\.${part})*$`).test(id) && !/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/.test(id);
}
