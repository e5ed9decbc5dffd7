// Elements of a page: HTML, SVG, icons, and ids that no other element has.

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

const CONTROLS = ["button", "input", "select", "textarea"];

/**
 * An HTML element. Text goes in as children and is never read as HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] true is an attribute without a value; false, null and undefined leave it out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  // JupyterLab takes keys (arrows, b, x) from the focused element unless that very element has this mark
  if (CONTROLS.includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * An SVG element. Text goes in as children and is never read as markup.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | null>} [attributes] null leaves an attribute out
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/**
 * Set several attributes.
 * @param {Element} element
 * @param {Record<string, string | number | null>} attributes null removes an attribute
 */
export function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}

const ICONS = {
  play: "M5 3.2v9.6a.6.6 0 0 0 .9.5l7.6-4.8a.6.6 0 0 0 0-1L5.9 2.7a.6.6 0 0 0-.9.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  dice:
    "M3.5 2h9A1.5 1.5 0 0 1 14 3.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5v-9A1.5 1.5 0 0 1 3.5 2z" +
    "M5 4.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM11 4.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z" +
    "M8 7.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z" +
    "M5 10.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM11 10.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z",
  larger: "M2 2h5v1.6H4.7L7.4 6.3 6.3 7.4 3.6 4.7V7H2zM14 14H9v-1.6h2.3L8.6 9.7l1.1-1.1 2.7 2.7V9H14z",
  swap: "M5 2 1.5 5.5 5 9V6.5h6V4.5H5zM11 7v2.5H5v2h6V14l3.5-3.5z",
  stop: "M3.5 3.5h9v9h-9z",
  star: "M8 1.2l2.05 4.3 4.7.65-3.42 3.28.84 4.67L8 11.84 3.83 14.1l.84-4.67L1.25 6.15l4.7-.65z",
  cross: "M3.4 2.2 8 6.8l4.6-4.6 1.2 1.2L9.2 8l4.6 4.6-1.2 1.2L8 9.2l-4.6 4.6-1.2-1.2L6.8 8 2.2 3.4z",
  locked:
    "M4 7V5a4 4 0 0 1 8 0v2h.5A1.5 1.5 0 0 1 14 8.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 13.5v-5" +
    "A1.5 1.5 0 0 1 3.5 7zM6 7h4V5a2 2 0 1 0-4 0z",
  open:
    "M10 7h2.5A1.5 1.5 0 0 1 14 8.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 13.5v-5A1.5 1.5 0 0 1 3.5 7H8V4" +
    "a3.5 3.5 0 0 1 7 0v1.5h-2V4a1.5 1.5 0 0 0-3 0z",
};

/**
 * A small picture for a button; it takes the button's colour and says nothing to a screen reader.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const path = svg("path", { d: ICONS[name], "fill-rule": "evenodd" });
  return svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "ds-icon" }, path);
}

// each widget has a copy of this file, so a counter alone would give two widgets the same ids
const COPY = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
let ids = 0;

/** An id that no other element of the page has. */
export function uid() {
  ids += 1;
  return `ds-${COPY}-${ids}`;
}

/**
 * Mark a control as wrong, or as right again.
 * @param {Element} control
 * @param {boolean} wrong
 */
export function setInvalid(control, wrong) {
  setAll(control, { "aria-invalid": wrong ? "true" : null });
}

/**
 * Move a slider's knob, and the colour behind it.
 * @param {HTMLInputElement} range
 * @param {number} value
 */
export function setSlider(range, value) {
  range.value = String(value);
  const [low, high, at] = [range.min, range.max, range.value].map(Number); // the browser keeps it inside
  range.style.setProperty("--ds-fill", `${high > low ? (100 * (at - low)) / (high - low) : 0}%`);
}
