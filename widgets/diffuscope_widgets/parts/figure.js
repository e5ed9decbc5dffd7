// A picture with words below it, and what stands where there is none yet.
import { h } from "../base/dom.js";

/** @typedef {{ canvas: HTMLCanvasElement, caption: HTMLElement, box: HTMLElement }} Figure */

/**
 * A canvas with a caption; `words` go into the caption.
 * @param {string} label what it shows, for those who do not see it
 * @param {string} [className]
 * @param {...(Node | string)} words
 * @returns {Figure}
 */
export function figure(label, className = "", ...words) {
  const canvas = h("canvas", { width: 32, height: 32, role: "img", "aria-label": label });
  const caption = h("figcaption", {}, ...words);
  return { canvas, caption, box: h("figure", { class: className || null }, canvas, caption) };
}

/**
 * A panel that says what will stand here.
 * @param {string} title
 * @param {string} text
 */
export const hint = (title, text) => h("p", { class: "ds-hint" }, h("b", {}, title), h("span", {}, text));
