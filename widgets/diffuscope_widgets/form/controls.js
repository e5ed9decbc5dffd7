// The controls of the prompt form: which control each field of a Settings has, and what its text stands for.
import { h, icon } from "../base/dom.js";
import {
  diceButton,
  lockButton,
  numberField,
  seedField,
  selectField,
  sliderField,
  textField,
} from "../parts/controls/fields.js";

/** @typedef {import("../parts/controls/fields.js").Field} Field */
/** @typedef {import("../parts/controls/fields.js").SliderField} SliderField */
/** @typedef {import("../base/wire.js").Control} Control */
/** @typedef {import("../base/wire.js").Value} Value */
/** @typedef {(Field | SliderField) & { row: Control, badge?: HTMLElement }} Part */

/**
 * What a number box holds; null for an empty one, which is the model's own default.
 * @param {string} text
 */
export const toNumber = (text) => (text.trim() === "" ? null : Number(text));

/**
 * What the text of a control stands for in a Settings.
 * @param {Control} row
 * @param {string} text
 */
export function readField(row, text) {
  if (row.number) return toNumber(text);
  return row.optional ? text || null : text;
}

/**
 * Whether a note says that the control has no effect.
 * @param {string} note
 */
export const isIdle = (note) => note.startsWith("No ");

/**
 * Whether a field holds something that nobody should overlook: not its default, nor the model's own choice filled in.
 * @param {Control} row
 * @param {Value} value
 */
export const isSet = (row, value) => !row.auto && (value ?? null) !== row.default;

/**
 * A control for each row of the table of settings, by name; and the buttons beside the seed.
 * @param {Control[]} rows
 */
export function build(rows) {
  const [dice, lock] = [diceButton("Another seed"), lockButton()];
  /** @type {Record<string, Part>} */
  const parts = {};
  for (const row of rows) {
    const badge = row.badge ? h("span", { class: "ds-badge", title: row.badge.about }, row.badge.label) : undefined;
    parts[row.name] = { ...control(row, badge ? [badge] : [], [dice, lock]), row, badge };
    parts[row.name].box.classList.add(`ds-${row.name}`);
  }
  return { parts, dice, lock };
}

/**
 * @param {Control} row
 * @param {HTMLElement[]} beside
 * @param {HTMLButtonElement[]} buttons of a seed
 */
function control(row, beside, buttons) {
  const { label, low, high, step, hint } = row;
  if (row.control === "text") return textField(label, { rows: row.rows, placeholder: hint });
  if (row.control === "choice") return selectField(label);
  if (row.control === "seed") return seedField(label, Number(high), hint, ...buttons);
  const box = { min: low, max: high, step, placeholder: hint };
  if (!row.slider) return numberField(label, box);
  const [least, most, pace] = row.slider;
  return sliderField(label, { low: least, high: most, step: pace }, { ...box, step: "any" }, ...beside);
}

/** Draw, Stop, and what is said of a run. */
export function buildActions() {
  const draw = h(
    "button",
    { type: "button", class: "ds-main", title: "Ctrl+Enter in the prompt" },
    icon("play"),
    "Draw",
  );
  const stop = h("button", { type: "button", title: "Escape" }, "Stop");
  const live = h("input", { type: "checkbox" });
  const about = "Every change draws at once; a newer one replaces it";
  const each = h("label", { class: "ds-live", title: about }, live, "at every change");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run" });
  const status = h("p", { class: "ds-status", "aria-live": "polite" });
  const blocked = h("p", { class: "ds-blocked" });
  const buttons = h("div", { class: "ds-line" }, draw, stop, each);
  return { draw, stop, live, bar, status, blocked, box: h("div", { class: "ds-actions" }, buttons, bar, status) };
}
