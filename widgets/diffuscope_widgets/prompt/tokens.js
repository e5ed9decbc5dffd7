// The tokens a model makes of a prompt: what is said of them, and their chips.
import { h } from "../base/dom.js";
import { barOf, times } from "./weights.js";

/** @typedef {import("../base/wire.js").Token} Token */
/** @typedef {import("../base/wire.js").Group} Group */
/** @typedef {import("../base/wire.js").Part} Part */
/** @typedef {import("../base/wire.js").Reading} Reading */

/**
 * The tokens among parts, groups opened.
 * @param {Part[]} parts
 * @returns {Token[]}
 */
export const tokensOf = (parts) =>
  parts.flatMap((part) =>
    part.kind === undefined ? [part] : part.options.flatMap((option) => tokensOf(option.parts)),
  );

/**
 * What a screen reader says behind a token's text.
 * @param {Pick<Token, "known" | "read" | "weight">} token
 */
export function remarks({ known, read, weight }) {
  const said = [weight !== 1 && `weight ${Number(weight.toFixed(2))}`, !known && "unknown", !read && "not read"];
  return said
    .filter(Boolean)
    .map((text) => `, ${text}`)
    .join("");
}

/**
 * "12 of 30 tokens": how much of the room is used.
 * @param {Pick<Reading, "count" | "room" | "unit">} reading
 */
export function used({ count, room, unit }) {
  if (room === null) return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
  return count > room ? `${count} ${unit}, only ${room} are read` : `${count} of ${room} ${unit}`;
}

/**
 * The signs on the chips that need a word of explanation: class of a sample, and the word.
 * @param {Pick<Reading, "parts">} reading
 */
export function legend({ parts }) {
  const tokens = tokensOf(parts);
  const found = [];
  if (tokens.some((token) => !token.known)) found.push(["ds-unknown", "the model does not know this word"]);
  if (tokens.some((token) => !token.read)) found.push(["ds-cut", "behind the limit, not read"]);
  return found;
}

/**
 * The whole in one sentence, for the moment when typing pauses.
 * @param {Pick<Reading, "parts" | "count" | "room" | "unit">} reading
 */
export function summary(reading) {
  const tokens = tokensOf(reading.parts);
  const unknown = tokens.filter((token) => !token.known).map((token) => token.text);
  const cut = tokens.filter((token) => !token.read).length;
  const parts = [used(reading), unknown.length && `unknown: ${unknown.join(", ")}`, cut && `${cut} not read`];
  return parts.filter(Boolean).join("; ");
}

/**
 * @param {Token} token
 * @param {number} heaviest
 */
function chip(token, heaviest) {
  const { text, position, known, read, weight } = token;
  const marks = [
    "ds-token",
    !known && "ds-unknown",
    !read && "ds-cut",
    weight > 1 && "ds-heavy",
    weight < 1 && "ds-light",
  ];
  const item = h("li", { class: marks.filter(Boolean).join(" "), title: `token ${position + 1}${remarks(token)}` });
  item.append(h("span", { class: "ds-position" }, String(position + 1)));
  item.append(h("span", { class: "ds-word", dir: "auto" }, text));
  if (weight !== 1) {
    const bar = h("span", { class: "ds-token-bar" });
    bar.style.setProperty("--ds-weight", `${barOf(weight, heaviest)}%`);
    item.append(h("span", { class: "ds-times", "aria-hidden": "true" }, times(weight)), bar);
  }
  item.append(h("span", { class: "ds-spoken" }, remarks(token)));
  return item;
}

/**
 * @param {Group} group
 * @param {number} heaviest
 */
function group({ kind, options }, heaviest) {
  const rows = options.map(({ when, parts, text }) => {
    const chips = h("ol", { class: "ds-chips" }, ...parts.map((part) => partOf(part, heaviest)));
    const nothing = h("span", { class: "ds-nothing", dir: "auto" }, text ? `${text} (no step reads it)` : "nothing");
    return h("li", { class: "ds-option" }, h("span", { class: "ds-when" }, when), parts.length ? chips : nothing);
  });
  return h("li", { class: "ds-group" }, h("span", { class: "ds-kind" }, kind), h("ul", {}, ...rows));
}

/**
 * A token as a chip, or a group of them.
 * @param {Part} part
 * @param {number} heaviest weight there can be
 * @returns {HTMLLIElement}
 */
export const partOf = (part, heaviest) => (part.kind === undefined ? chip(part, heaviest) : group(part, heaviest));
