// Charts drawn as SVG in the page's own pixels, so that their text keeps its size: scales, axes, and elements.
import { svg } from "../base/dom.js";

/** @typedef {[x: number, y: number]} Point */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Frame */
/** @typedef {[place: number, text: string]} Tick The place in pixels. */

/**
 * A linear scale: low goes to `from`, high to `to`.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @returns {(value: number) => number}
 */
export const linear = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

/**
 * A logarithmic scale. What is zero or below stands at its low end, infinity at its high end.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @returns {(value: number) => number}
 */
export function logarithmic(low, high, from, to) {
  const scale = linear(Math.log10(low), Math.log10(high), from, to);
  return (value) => scale(Math.log10(Math.min(Math.max(value, low), high)));
}

/**
 * The powers of ten around positive numbers, from the one below the least to the one above the greatest.
 * @param {number[]} values
 */
export function decades(values) {
  const found = values.filter((value) => value > 0 && Number.isFinite(value));
  if (!found.length) return [0.1, 1];
  const first = Math.floor(Math.log10(Math.min(...found)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...found)) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

/**
 * Points as the `d` of a path; null where there are none.
 * @param {Point[]} points
 */
export const polyline = (points) =>
  points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` : null;

/**
 * The place of the number nearest to `value`.
 * @param {number[]} numbers
 * @param {number} value
 */
export function nearest(numbers, value) {
  let best = 0;
  numbers.forEach((number, i) => {
    if (Math.abs(number - value) < Math.abs(numbers[best] - value)) best = i;
  });
  return best;
}

/**
 * Lines and numbers of two axes inside a frame.
 * @param {Frame} frame
 * @param {Tick[]} xTicks
 * @param {Tick[]} yTicks
 * @param {string} xLabel
 * @param {string} yLabel
 */
export function axes({ left, top, right, bottom }, xTicks, yTicks, xLabel, yLabel) {
  const group = svg("g", { class: "ds-axes" });
  /** @param {number} x @param {number} y @param {string} anchor @param {string} words */
  const text = (x, y, anchor, words) => svg("text", { x, y, "text-anchor": anchor }, words);
  for (const [y, words] of yTicks) {
    group.append(svg("line", { x1: left, x2: right, y1: y, y2: y }), text(left - 8, y + 4, "end", words));
  }
  for (const [x, words] of xTicks) {
    group.append(svg("line", { x1: x, x2: x, y1: bottom, y2: bottom + 5 }), text(x, bottom + 18, "middle", words));
  }
  const upright = `translate(13 ${(top + bottom) / 2}) rotate(-90)`;
  const style = { class: "ds-axis", "text-anchor": "middle" };
  group.append(svg("text", { ...style, transform: upright }, yLabel));
  group.append(svg("text", { ...style, x: (left + right) / 2, y: bottom + 37 }, xLabel));
  return group;
}

/**
 * Draw again whenever the width of a box changes.
 * @param {import("../base/sync.js").View} view
 * @param {HTMLElement} box
 * @param {(width: number) => void} draw gets the width in pixels, never 0
 */
export function onWidth(view, box, draw) {
  let [width, frame] = [0, 0];
  const look = () => {
    if (!box.clientWidth || box.clientWidth === width) return;
    width = box.clientWidth;
    draw(width);
  };
  // in a frame of its own: a chart that grows while sizes are reported would be reported again at once
  const watch = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  });
  watch.observe(box);
  view.undo(() => {
    cancelAnimationFrame(frame);
    watch.disconnect();
  });
}
