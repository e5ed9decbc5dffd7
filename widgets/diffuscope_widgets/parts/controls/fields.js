// A labelled control, and below it the lines that say what is wrong or worth a note.
import { h, icon, setInvalid, setSlider, uid } from "../../base/dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {import("../../base/dom.js").Attributes} Attributes */

/**
 * @template {Control} [C=Control]
 * @typedef {{ control: C, head: HTMLElement, problem: HTMLElement, note: HTMLElement, box: HTMLElement }} Field
 */

/**
 * Label, control, and two lines below. `beside` stands in the line of the label; the control too if it is among them.
 * @template {Control} C
 * @param {string} label
 * @param {C} control
 * @param {(Node | string)[]} [beside]
 * @param {Node} [body] what holds the control, if not the field itself
 * @returns {Field<C>}
 */
export function field(label, control, beside = [], body = control) {
  control.id ||= uid();
  const problem = h("p", { class: "ds-problem", id: uid() });
  const note = h("p", { class: "ds-note", id: uid() });
  control.setAttribute("aria-describedby", `${problem.id} ${note.id}`);
  const head = h("div", { class: "ds-head" }, h("label", { for: control.id }, label), ...beside);
  const box = h("div", { class: "ds-field" }, head, ...(beside.includes(body) ? [] : [body]), problem, note);
  return { control, head, problem, note, box };
}

/**
 * Say what is wrong with a field; "" is nothing.
 * @param {Field} part
 * @param {string} text
 */
export function blame({ control, problem }, text) {
  problem.textContent = text;
  setInvalid(control, text !== "");
}

/**
 * What a box for whole numbers says is wrong with its text; "" is nothing.
 * @param {string} text
 * @param {number} low
 * @param {number} high
 */
export function complaint(text, low, high) {
  const number = Number(text);
  const fine = text.trim() !== "" && Number.isInteger(number) && number >= low && number <= high;
  return fine ? "" : `A whole number from ${low} to ${high}.`;
}

/**
 * @param {string} label
 * @param {Attributes} [attributes]
 */
export const textField = (label, attributes) =>
  field(label, h("textarea", { dir: "auto", spellcheck: "false", ...attributes }));

/** @param {string} label */
export const selectField = (label) => field(label, h("select"));

/**
 * A number box alone, such as a width in pixels.
 * @param {string} label
 * @param {Attributes} attributes
 */
export const numberField = (label, attributes) => field(label, h("input", { type: "number", ...attributes }));

/** @typedef {{ low: number, high: number, step: number }} Span */
/** @typedef {Field<HTMLInputElement> & { slider: HTMLInputElement, span: Span }} SliderField */

/**
 * A number box beside the label and a slider below it, which hold the same value.
 * @param {string} label
 * @param {Span} span what the slider offers; the box takes more
 * @param {Attributes} attributes of the box
 * @param {...Node} beside
 * @returns {SliderField}
 */
export function sliderField(label, span, attributes, ...beside) {
  const control = h("input", { type: "number", ...attributes });
  const { low, high, step } = span;
  const slider = h("input", { type: "range", min: low, max: high, step, "aria-label": `${label} slider` });
  const part = field(label, control, [...beside, control]);
  part.head.after(slider);
  return { ...part, slider, span };
}

/**
 * Show a value on the slider. Where it is not known yet, the knob waits in the middle, pale.
 * @param {SliderField} part
 * @param {number | null} value
 */
export function showSlider({ slider, span }, value) {
  setSlider(slider, value ?? (span.low + span.high) / 2);
  slider.classList.toggle("ds-auto", value === null);
}

/**
 * The seed in a box: null for an empty one, undefined for what is no seed.
 * @param {string} text
 * @param {number} most
 */
export function readSeed(text, most) {
  if (text.trim() === "") return null;
  return complaint(text, 0, most) ? undefined : Number(text);
}

/**
 * A seed by chance.
 * @param {number} most the largest, below 2^32
 */
export const rollSeed = (most) => crypto.getRandomValues(new Uint32Array(1))[0] % (most + 1);

/**
 * A box for a seed, with buttons beside it.
 * @param {string} label
 * @param {number} most
 * @param {string} placeholder
 * @param {...HTMLButtonElement} buttons
 */
export function seedField(label, most, placeholder, ...buttons) {
  const control = h("input", { type: "number", min: 0, max: most, step: 1, placeholder });
  return field(label, control, [], h("div", { class: "ds-line" }, control, ...buttons));
}

/**
 * A button that rolls a seed.
 * @param {string} label
 */
export const diceButton = (label) => h("button", { type: "button", title: label, "aria-label": label }, icon("dice"));

/** A button that keeps a seed; `showLock` says whether it does. */
export const lockButton = () => h("button", { type: "button", class: "ds-lock" });

/**
 * @param {HTMLButtonElement} lock
 * @param {boolean} locked
 */
export function showLock(lock, locked) {
  lock.setAttribute("aria-pressed", String(locked));
  lock.title = locked ? "Every picture uses this seed" : "Every picture takes a new seed";
  lock.replaceChildren(icon(locked ? "locked" : "open"), "keep");
}
