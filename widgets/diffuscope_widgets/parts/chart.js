// Charts drawn as SVG in the page's own pixels, so that their text keeps its size: scales, axes, and elements.
const SVG_NAME = "http://www.w3.org/2000/svg";

/** An SVG element. Text goes in as children and is never read as markup. */
export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG_NAME, tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A linear scale: low goes to `from`, high to `to`. */
export const linear = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

/** A logarithmic scale. What is zero or below stands at its low end, infinity at its high end. */
export function logarithmic(low, high, from, to) {
  const scale = linear(Math.log10(low), Math.log10(high), from, to);
  return (value) => scale(Math.log10(Math.min(Math.max(value, low), high)));
}

/** The powers of ten around positive numbers, from the one below the least to the one above the greatest. */
export function decades(values) {
  const found = values.filter((value) => value > 0 && Number.isFinite(value));
  if (!found.length) return [0.1, 1];
  const first = Math.floor(Math.log10(Math.min(...found)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...found)) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

/** A power of ten as people write it: 1000, 1, 0.01. */
export const decimal = (value) => String(Number(value.toPrecision(6)));

/** Points as the `d` of a path; null where there are none. */
export const polyline = (points) =>
  points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` : null;

/** The place of the number nearest to `value`. */
export function nearest(numbers, value) {
  let best = 0;
  numbers.forEach((number, i) => {
    if (Math.abs(number - value) < Math.abs(numbers[best] - value)) best = i;
  });
  return best;
}

/** Lines and numbers of two axes inside a frame { left, top, right, bottom }. Ticks are [place, text] in pixels. */
export function axes({ left, top, right, bottom }, xTicks, yTicks, xLabel, yLabel) {
  const text = (x, y, anchor, words) => shape("text", { x, y, "text-anchor": anchor }, words);
  const group = shape("g", { class: "ds-axes" });
  for (const [y, words] of yTicks) {
    group.append(shape("line", { x1: left, x2: right, y1: y, y2: y }), text(left - 8, y + 4, "end", words));
  }
  for (const [x, words] of xTicks) {
    group.append(shape("line", { x1: x, x2: x, y1: bottom, y2: bottom + 5 }), text(x, bottom + 18, "middle", words));
  }
  const turned = shape(
    "text",
    { class: "ds-axis", "text-anchor": "middle", transform: `translate(13 ${(top + bottom) / 2}) rotate(-90)` },
    yLabel,
  );
  group.append(
    turned,
    shape("text", { class: "ds-axis", x: (left + right) / 2, y: bottom + 37, "text-anchor": "middle" }, xLabel),
  );
  return group;
}

/** Draw again whenever the width of a box changes; `draw` gets it in pixels, and 0 is never told. */
export function onWidth(view, box, draw) {
  let [width, frame] = [0, 0];
  const look = () => {
    if (!box.clientWidth || box.clientWidth === width) return;
    width = box.clientWidth;
    draw(width);
  };
  // in a frame of its own: a chart that grows while sizes are being told would be told again at once
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
