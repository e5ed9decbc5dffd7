// What GuidanceView is made of: its elements, and how a bitmap gets into them.
import { h, uid } from "../base/dom.js";
import { figure } from "../parts/figure.js";
import { isSmall, paint } from "../parts/pixels.js";
import { Triangle } from "./triangle.js";

/** @typedef {"uncond" | "cond" | "step" | "result"} Part */
/** @typedef {import("../base/wire.js").Limits} Limits */
/** @typedef {import("../parts/figure.js").Figure & { text: HTMLElement }} Shown */

export const PARTS = /** @type {const} */ (["uncond", "cond", "step", "result"]);

/**
 * One thing for each part.
 * @template T
 * @param {(part: Part) => T} make
 */
const each = (make) => ({ uncond: make("uncond"), cond: make("cond"), step: make("step"), result: make("result") });

/**
 * @param {string} name
 * @param {...Node} before
 * @returns {Shown}
 */
export function shownFigure(name, ...before) {
  const text = h("span", { class: "ds-value" });
  return { ...figure("", `ds-${name}`, ...before, text), text };
}

/**
 * A latent; a bar below it shows its length.
 * @param {Part} part
 */
function latentFigure(part) {
  const bar = h("div", { class: `ds-length ds-is-${part}` });
  const made = shownFigure("latent", bar);
  made.canvas.classList.add("ds-pixels");
  return { ...made, bar };
}

/**
 * A slider with its label, and what stands beside that.
 * @param {string} label
 * @param {import("../base/dom.js").Attributes} attributes
 * @param {Node} beside
 */
function control(label, attributes, beside) {
  const range = h("input", { type: "range", id: uid(), ...attributes });
  const head = h("div", { class: "ds-head" }, h("label", { for: range.id }, label), beside);
  return { range, box: h("div", { class: "ds-control" }, head, range) };
}

/** @param {Limits} limits */
export function build({ guidance: most, guidance_slider: end }) {
  const about = "Guidance, as a number";
  const number = h("input", { type: "number", min: 0, max: most, step: "any", "aria-label": about });
  const label = h("span", { class: "ds-label" });
  const guidance = control("Guidance", { min: 0, max: end, step: 0.1 }, number);
  const step = control("Step", { min: 0, max: 0, step: 1 }, label);
  const says = h("p", { class: "ds-says" });
  const spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  const triangle = new Triangle();
  const heads = each((part) => h("p", { class: `ds-part-head ds-is-${part}` }));
  const latents = each(latentFigure);
  const shown = each(() => shownFigure("shown"));
  const truth = h("p", { class: "ds-about" });
  const missing = h(
    "p",
    { class: "ds-about" },
    "This trace keeps no pictures of the two predictions; record it with " +
      'Keep(pictures=("x0", "x0_uncond", "x0_cond")).',
  );
  const legend = h("p", { class: "ds-about" });
  const columns = PARTS.map((part) => h("div", { class: "ds-part" }, heads[part], latents[part].box, shown[part].box));
  const table = h("div", { class: "ds-parts" }, ...columns);
  return {
    number,
    label,
    guidance,
    step,
    says,
    spoken,
    triangle,
    heads,
    latents,
    shown,
    truth,
    missing,
    legend,
    table,
  };
}

/**
 * Show a picture; a small one keeps its pixels visible.
 * @param {Shown} figure
 * @param {Uint8ClampedArray<ArrayBuffer>} rgba
 * @param {{ width: number, height: number }} size
 * @param {string} label
 * @param {Limits} limits
 */
export function put({ canvas }, rgba, { width, height }, label, limits) {
  paint(canvas, rgba, width, height);
  canvas.classList.toggle("ds-pixels", isSmall({ width, height }, limits));
  canvas.setAttribute("aria-label", label);
}
