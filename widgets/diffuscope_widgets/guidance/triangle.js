// The two predictions as arrows in the plane they span; guidance moves the result along the line through their tips.
import { h, setAll, svg } from "../base/dom.js";

/** @typedef {import("../parts/chart.js").Point} Point */

const WIDE = 560;
const HIGH = 250;
const EDGE = 34; // pixels kept free around the arrows
const WORDS = 128; // and at their right, for the names at their tips
const REACH = [2.5, 5, 10, 20]; // guidances up to which the drawing keeps its scale; beyond, there is one more

/**
 * The guided prediction, a point of the plane.
 * @param {number} uncond a length along the first axis
 * @param {Point} cond
 * @param {number} scale
 * @returns {Point}
 */
export const guided = (uncond, cond, scale) => [uncond + scale * (cond[0] - uncond), scale * cond[1]];

/** @param {Point} point */
export const size = ([x, y]) => Math.hypot(x, y);

/**
 * Degrees between a point's arrow and the unconditional one, which lies along the first axis.
 * @param {Point} point
 */
export const turned = ([x, y]) => (Math.abs(Math.atan2(y, x)) * 180) / Math.PI;

/**
 * Up to which guidance the drawing has room, so that it stands still while the arrow bends.
 * @param {number} scale
 * @param {number} most the largest guidance
 */
export const reach = (scale, most) => REACH.find((end) => scale <= end) ?? most;

/**
 * Three digits, two of small numbers: 12.4, 1.13, 0.933, 0.065.
 * @param {number} value
 */
export const digits = (value) => (value === 0 ? "0" : value.toPrecision(value >= 0.1 ? 3 : 2));

/** @param {number} value */
const degrees = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}°`;

/**
 * What the slider does, in words with true numbers.
 * @param {number} uncond
 * @param {Point} cond
 * @param {number} scale
 * @param {string} [other] names the unconditional prediction
 */
export function sentence(uncond, cond, scale, other = "the unconditional one") {
  const result = guided(uncond, cond, scale);
  const alone = degrees(turned(cond));
  if (scale === 0) return `At guidance 0 the prompt has no say: the result is ${other}.`;
  if (scale === 1) return `At guidance 1 the result is the prediction with the prompt, ${alone} away from ${other}.`;
  return (
    `At guidance ${scale} the result is ${digits(size(result) / uncond)} times as long as ${other} ` +
    `and points ${degrees(turned(result))} away from it; the prompt alone turns it by ${alone}.`
  );
}

/**
 * Where the plane lies on the drawing: a scale and the place of the origin, such that all points fit.
 * @param {Point[]} points
 */
export function fit(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((WIDE - EDGE - WORDS) / (right - left || 1), (HIGH - 2 * EDGE) / (high - low || 1));
  /** @param {number} room @param {number} from @param {number} to */
  const place = (room, from, to) => (room - (to - from) * scale) / 2 - from * scale;
  return { scale, x: place(WIDE - WORDS + EDGE, left, right), y: HIGH - place(HIGH, low, high) };
}

/**
 * An arrow as one path; its head shrinks with it.
 * @param {Point} from
 * @param {Point} to
 */
function arrow([x0, y0], [x1, y1]) {
  const far = Math.hypot(x1 - x0, y1 - y0);
  if (far < 0.5) return "";
  const head = Math.min(11, far * 0.6);
  const [ux, uy] = [(x1 - x0) / far, (y1 - y0) / far];
  const [bx, by] = [x1 - head * ux, y1 - head * uy];
  const wing = head * 0.42;
  /** @param {number} x @param {number} y */
  const point = (x, y) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const [one, other] = [point(bx - wing * uy, by + wing * ux), point(bx + wing * uy, by - wing * ux)];
  return `M${point(x0, y0)}L${point(bx, by)}M${point(x1, y1)}L${one}L${other}Z`;
}

/** @typedef {{ uncond: string, cond: string, result: string }} Names */

/** The drawing. `draw` bends it. */
export class Triangle {
  unit = svg("circle", { class: "ds-unit" });
  line = svg("path", { class: "ds-rail" });
  marks = svg("path", { class: "ds-marks" });
  arrows = {
    uncond: svg("path", { class: "ds-arrow ds-is-uncond" }),
    cond: svg("path", { class: "ds-arrow ds-is-cond" }),
    step: svg("path", { class: "ds-arrow ds-is-step" }),
    result: svg("path", { class: "ds-arrow ds-is-result" }),
  };
  labels = {
    uncond: svg("text", { class: "ds-arrow-label" }),
    cond: svg("text", { class: "ds-arrow-label" }),
    result: svg("text", { class: "ds-arrow-label" }),
  };

  constructor() {
    const parts = [this.unit, this.line, this.marks, ...Object.values(this.arrows), ...Object.values(this.labels)];
    this.svg = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", class: "ds-triangle" }, ...parts);
    const words = "Dots on the thin line: guidance 0, 1, 2 and on. Dotted arc: length 1, that of pure noise.";
    this.box = h("figure", { class: "ds-plane" }, this.svg, h("figcaption", {}, words));
  }

  /**
   * @param {number} uncond
   * @param {Point} cond
   * @param {number} scale
   * @param {number} most the largest guidance
   * @param {Names} names
   * @param {string} text
   */
  draw(uncond, cond, scale, most, names, text) {
    const far = reach(scale, most);
    /** @type {Point} */
    const tip = [uncond, 0];
    const result = guided(uncond, cond, scale);
    const view = fit([[0, 0], tip, cond, guided(uncond, cond, far)]);
    /** @param {Point} point @returns {Point} */
    const at = ([x, y]) => [view.x + x * view.scale, view.y - y * view.scale];
    const [start, u, c, g, end] = [at([0, 0]), at(tip), at(cond), at(result), at(guided(uncond, cond, far))];
    setAll(this.unit, { cx: start[0], cy: start[1], r: view.scale });
    setAll(this.line, { d: `M${u}L${end}` });
    const apart = Math.hypot(end[0] - u[0], end[1] - u[1]) / far;
    const dots = apart < 5 ? [0, 1] : Array.from({ length: Math.floor(far) + 1 }, (_, i) => i);
    setAll(this.marks, { d: dots.map((i) => `M${at(guided(uncond, cond, i))}h0`).join("") });
    setAll(this.arrows.uncond, { d: arrow(start, u) });
    setAll(this.arrows.cond, { d: arrow(start, c) });
    setAll(this.arrows.step, { d: arrow(u, g) });
    setAll(this.arrows.result, { d: arrow(start, g) });
    this.label("uncond", names.uncond, [(start[0] + u[0]) / 2, u[1] + 20], "middle");
    this.beside("result", names.result, g);
    const hidden = Math.abs(c[1] - g[1]) < 16 && Math.abs(c[0] - g[0]) < WORDS;
    this.beside("cond", hidden ? "" : names.cond, c);
    this.svg.setAttribute("aria-label", text);
  }

  /**
   * A name behind an arrow's tip: before it, it would lie across the other arrows.
   * @param {keyof Names} name
   * @param {string} text
   * @param {Point} tip
   */
  beside(name, text, [x, y]) {
    this.label(name, text, [x + 12, y + 4], "start");
  }

  /**
   * @param {keyof Names} name
   * @param {string} text
   * @param {Point} place
   * @param {"start" | "middle"} anchor
   */
  label(name, text, [x, y], anchor) {
    this.labels[name].textContent = text;
    setAll(this.labels[name], { x, y, "text-anchor": anchor });
  }
}
