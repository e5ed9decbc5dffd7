// What the map of a grid is made of, and how much room its labels get.
import { h } from "../../base/dom.js";
import { spaced } from "./layout.js";

/**
 * @param {string} about id of the text that explains the keys
 * @param {HTMLElement} top labels
 * @param {HTMLElement} left labels
 * @param {HTMLElement} tooltip
 */
export function build(about, top, left, tooltip) {
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "grid of pictures",
    "data-lm-suppress-shortcuts": "true",
    "aria-describedby": about,
  });
  const cursor = h("div", { class: "ds-cursor" });
  const choice = [h("div", { class: "ds-choice" }), h("div", { class: "ds-choice ds-second" })];
  const [right, down] = [h("span"), h("span")];
  const corner = h("div", { class: "ds-corner", "aria-hidden": "true" }, right, down);
  /** @param {string} label @param {string} title */
  const button = (label, title) => h("button", { type: "button", "aria-label": title, title }, label);
  const [out, all, into] = [button("−", "Zoom out"), button("Fit", "See all"), button("+", "Zoom in")];
  const zoom = h("span", { class: "ds-zoom", role: "group", "aria-label": "Zoom" }, out, all, into);
  const window = h("div", { class: "ds-window" }, canvas, ...choice, cursor);
  const none = h("p", { class: "ds-none" });
  const box = h("div", { class: "ds-map" }, corner, top, left, window, none, tooltip);
  return { canvas, cursor, choice, right, down, out, all, into, zoom, window, none, box };
}

/**
 * Put an outline around a rectangle of the window, or nowhere.
 * @param {HTMLElement} box
 * @param {{ left: number, top: number, width: number, height: number } | null} rect
 */
export function outline(box, rect) {
  box.hidden = !rect;
  if (!rect) return;
  const { left, top, width, height } = rect;
  Object.assign(box.style, {
    transform: `translate(${left}px, ${top}px)`,
    width: `${width}px`,
    height: `${height}px`,
  });
}

/**
 * A layout whose lines stand so far apart that every label can be seen, where there is room for that.
 * @template {import("./layout.js").Unspaced} L
 * @param {L} layout
 * @param {number[]} needs of a label to the right and down, pixels
 * @param {number[]} room to the right and down, pixels
 * @param {number} roomy pixels of a cell at most
 */
export function roomFor(layout, needs, room, roomy) {
  const { width, height, across, down } = spaced(layout);
  const scale = Math.min(room[0] / width, room[1] / height, roomy);
  const least = needs.map((need, i) => ([across, down][i] * need <= room[i] ? need / scale : 0));
  return spaced(layout, least);
}
