// The two predictions as arrows in the plane they span; guidance moves the result along the line through their tips.
import { h } from "../base/dom.js";

const SHAPES = "http://www.w3.org/2000/svg";
const WIDE = 560;
const HIGH = 250;
const EDGE = 34; // pixels kept free around the arrows
const WORDS = 128; // and at their right, for the names at their tips
const REACH = [2.5, 5, 10, 20, 50]; // guidances up to which the drawing keeps its scale

/** The guided prediction, a point of the plane. `uncond` is a length along the first axis, `cond` a point. */
export const guided = (uncond, cond, scale) => [uncond + scale * (cond[0] - uncond), scale * cond[1]];

export const size = ([x, y]) => Math.hypot(x, y);

/** Degrees between a point's arrow and the unconditional one, which lies along the first axis. */
export const turned = ([x, y]) => (Math.abs(Math.atan2(y, x)) * 180) / Math.PI;

/** Up to which guidance the drawing has room, so that it stands still while the arrow bends. */
export const reach = (scale) => REACH.find((most) => scale <= most) ?? REACH.at(-1);

/** Three digits, two of small numbers: 12.4, 1.13, 0.933, 0.065. */
export const digits = (value) => (value === 0 ? "0" : value.toPrecision(value >= 0.1 ? 3 : 2));

const degrees = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}°`;

/** What the slider does, in words with true numbers. `other` names the unconditional prediction. */
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

/** Where the plane lies on the drawing: a scale and the place of the origin, such that all points fit. */
export function fit(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((WIDE - EDGE - WORDS) / (right - left || 1), (HIGH - 2 * EDGE) / (high - low || 1));
  const place = (room, from, to) => (room - (to - from) * scale) / 2 - from * scale;
  return { scale, x: place(WIDE - WORDS + EDGE, left, right), y: HIGH - place(HIGH, low, high) };
}

function shape(tag, attributes) {
  const element = document.createElementNS(SHAPES, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** An arrow as one path; its head shrinks with it. */
function arrow([x0, y0], [x1, y1]) {
  const far = Math.hypot(x1 - x0, y1 - y0);
  if (far < 0.5) return "";
  const head = Math.min(11, far * 0.6);
  const [ux, uy] = [(x1 - x0) / far, (y1 - y0) / far];
  const [bx, by] = [x1 - head * ux, y1 - head * uy];
  const wing = head * 0.42;
  const point = (x, y) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  return `M${point(x0, y0)}L${point(bx, by)}M${point(x1, y1)}L${point(bx - wing * uy, by + wing * ux)}L${point(bx + wing * uy, by - wing * ux)}Z`;
}

/** The drawing. `draw` bends it. */
export class Triangle {
  constructor() {
    this.svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", class: "ds-triangle" });
    const part = (tag, name) => this.svg.appendChild(shape(tag, { class: name }));
    this.unit = part("circle", "ds-unit");
    this.line = part("path", "ds-rail");
    this.marks = part("path", "ds-marks");
    this.arrows = Object.fromEntries(
      ["uncond", "cond", "step", "result"].map((name) => [name, part("path", `ds-arrow ds-is-${name}`)]),
    );
    this.labels = Object.fromEntries(
      ["uncond", "cond", "result"].map((name) => [name, part("text", "ds-arrow-label")]),
    );
    const caption = h(
      "figcaption",
      {},
      "Dots on the thin line: guidance 0, 1, 2 and on. Dotted arc: length 1, that of pure noise.",
    );
    this.box = h("figure", { class: "ds-plane" }, this.svg, caption);
  }

  draw(uncond, cond, scale, names, text) {
    const most = reach(scale);
    const tips = { uncond: [uncond, 0], cond, result: guided(uncond, cond, scale) };
    const view = fit([[0, 0], tips.uncond, cond, guided(uncond, cond, most)]);
    const at = ([x, y]) => [view.x + x * view.scale, view.y - y * view.scale];
    const [start, u, c, g, end] = [[0, 0], tips.uncond, cond, tips.result, guided(uncond, cond, most)].map(at);
    for (const [name, value] of [
      ["cx", start[0]],
      ["cy", start[1]],
      ["r", view.scale],
    ])
      this.unit.setAttribute(name, value);
    this.line.setAttribute("d", `M${u}L${end}`);
    const apart = Math.hypot(end[0] - u[0], end[1] - u[1]) / most;
    const dots = apart < 5 ? [0, 1] : Array.from({ length: Math.floor(most) + 1 }, (_, i) => i);
    this.marks.setAttribute("d", dots.map((i) => `M${at(guided(uncond, cond, i))}h0`).join(""));
    const paths = { uncond: arrow(start, u), cond: arrow(start, c), step: arrow(u, g), result: arrow(start, g) };
    for (const [name, path] of Object.entries(paths)) this.arrows[name].setAttribute("d", path);
    this.label("uncond", names.uncond, [(start[0] + u[0]) / 2, u[1] + 20], "middle");
    this.beside("result", names.result, g);
    this.beside("cond", Math.abs(c[1] - g[1]) < 16 && Math.abs(c[0] - g[0]) < WORDS ? "" : names.cond, c);
    this.svg.setAttribute("aria-label", text);
  }

  /** A name behind an arrow's tip: before it, it would lie across the other arrows. */
  beside(name, text, [x, y]) {
    this.label(name, text, [x + 12, y + 4], "start");
  }

  label(name, text, [x, y], anchor) {
    const element = this.labels[name];
    element.textContent = text;
    for (const [key, value] of Object.entries({ x, y, "text-anchor": anchor })) element.setAttribute(key, value);
  }
}
