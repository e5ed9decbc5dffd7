// synced: scheduler, schedule, steps, table, columns, curve (Python writes them).
// local: which dot is read out; and what a picker on the same page has just chosen, which is newer than the traits.
import { h, setAll, setSlider, svg } from "../base/dom.js";
import { alertBox, scope } from "../base/sync.js";
import { floatsOf } from "../base/wire.js";
import { axes, decades, linear, logarithmic, nearest, onWidth, polyline } from "../parts/chart.js";
import { clamp, decimal, short } from "../parts/numbers.js";
import { callsOf, priceOf } from "../parts/schedulers.js";
import { follow } from "./channel.js";

/** @typedef {import("../base/wire.js").Columns} Columns */
/** @typedef {import("../base/wire.js").ScheduleChoice} ScheduleChoice */
/** @typedef {import("../base/wire.js").ScheduleTraits} ScheduleTraits */
/** @typedef {{ step: number, ratio: number, t: number, second: boolean }} Dot */

const MARGIN = { left: 62, top: 14, right: 16, bottom: 46 };

/**
 * Dots of every number of steps.
 * @param {Pick<Columns, "steps" | "calls">} columns
 * @param {Float32Array} numbers
 */
export function dotsOf(columns, numbers) {
  /** @type {Map<number, Dot[]>} */
  const found = new Map();
  let at = 0;
  columns.steps.forEach((steps, place) => {
    /** @type {Dot[]} */
    const dots = [];
    for (let call = 0; call < columns.calls[place]; call += 1, at += 3) {
      const [step, ratio, t] = numbers.subarray(at, at + 3);
      dots.push({ step, ratio, t, second: dots[call - 1]?.step === step });
    }
    found.set(steps, dots);
  });
  return found;
}

/**
 * The signal-to-noise ratio.
 * @param {number} ratio
 */
export const snrOf = (ratio) => 1 / ratio ** 2;

/**
 * "step 5 of 20: σ/α 3.20, SNR 0.098, t 801"
 * @param {Dot} dot
 * @param {number} steps
 */
export function readOut({ step, ratio, t, second }, steps) {
  const call = second ? ", second call" : "";
  return `step ${step + 1} of ${steps}${call}: σ/α ${short(ratio)}, SNR ${short(snrOf(ratio))}, t ${Math.round(t)}`;
}

/**
 * What the dots say together: where they begin and end, and how many of them have more noise than signal.
 * @param {Dot[]} dots
 */
export function summary(dots) {
  const noisy = dots.filter((dot) => dot.ratio > 1).length;
  const ends = `From σ/α ${short(dots[0].ratio)} to σ/α ${short(dots[dots.length - 1].ratio)}`;
  const text = `${ends}; ${noisy} of ${dots.length} calls see more noise than signal.`;
  return dots.some((dot) => dot.second) ? `${text} Rings are the second call of a step.` : text;
}

/** @param {Pick<ScheduleChoice, "scheduler" | "schedule">} choice */
export const keyOf = ({ scheduler, schedule }) => `${scheduler}|${schedule}`;

class ScheduleView {
  /** Tables by `keyOf`. @type {Map<string, { rule: string, dots: Map<number, Dot[]> }>} */
  known = new Map();
  /** What the picker says. @type {ScheduleChoice | null} */
  heard = null;
  /** @type {Dot[]} */
  dots = [];
  steps = 1;
  at = 0; // the dot that is read out
  width = 0;
  shown = "";
  curve = new Float32Array();
  /** @type {{ x: (t: number) => number, y: (level: number) => number } | null} */
  scales = null;
  guide = svg("line", { class: "ds-guide" });
  marks = svg("g", { class: "ds-dots" });
  title = h("p", { class: "ds-title" });
  svg = svg("svg", { class: "ds-chart", role: "img" });
  range = h("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": "Dot to read out" });
  says = h("output", { class: "ds-says" });
  about = h("p", { class: "ds-about" });
  box = h("div", {}, this.svg);

  /**
   * @param {import("../base/sync.js").Model<ScheduleTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "levels");
    const [noise, signal] = [
      h("span", { class: "ds-noise" }, "σ/α, noise ÷ signal"),
      h("span", { class: "ds-signal" }, "SNR = (α/σ)²"),
    ];
    const even = h("span", { class: "ds-equal" }, "as much noise as signal"); // words in the chart meet the curves
    const legend = h("p", { class: "ds-legend" }, noise, signal, even);
    const top = h("div", { class: "ds-top" }, this.title, legend);
    const line = h("div", { class: "ds-line" }, this.range, this.says);
    this.view.root.append(alertBox(model, this.view), top, this.box, line, this.about);
    this.listen();
    this.load();
  }

  listen() {
    const { view, range, model } = this;
    follow(view, model, (choice) => {
      this.heard = choice;
      this.show();
    });
    view.watch("table columns curve", () => this.load());
    view.watch("scheduler schedule steps", () => this.show());
    view.listen(range, "input", () => this.read(Number(range.value)));
    view.listen(this.svg, "pointermove", (event) => this.point(event.clientX));
    onWidth(view, this.box, (width) => {
      this.width = width;
      this.scales = null;
      this.show();
    });
  }

  load() {
    const columns = this.model.get("columns");
    if (columns.steps) {
      const dots = dotsOf(columns, floatsOf(this.model.get("table")));
      this.known.set(keyOf(columns), { rule: columns.rule, dots });
    }
    this.curve = floatsOf(this.model.get("curve"));
    this.scales = null;
    this.show();
  }

  /** What is chosen now: what a picker says, or the traits. */
  get now() {
    if (this.heard) return this.heard;
    const [scheduler, steps] = [this.model.get("scheduler"), this.model.get("steps")];
    const columns = this.model.get("columns");
    const usual = columns.steps && columns.scheduler === scheduler ? columns.schedule : null;
    return { scheduler, schedule: this.model.get("schedule") ?? usual, steps };
  }

  show() {
    const { now } = this;
    const known = this.known.get(keyOf(now));
    const dots = known?.dots.get(now.steps);
    this.view.root.classList.toggle("ds-waiting", !dots); // the dots of before stay until Python has sent these
    if (!known || !dots) return;
    const kept = dots.length < callsOf(known.rule, now.steps) ? `, ${dots.length} kept` : "";
    const price = ` · ${now.schedule} · ${priceOf(known.rule, now.steps)}${kept}`;
    this.title.replaceChildren(h("b", {}, now.scheduler), price);
    this.about.textContent = summary(dots);
    const label = "Noise level and signal-to-noise ratio over the timesteps, with a dot for each call.";
    this.svg.setAttribute("aria-label", `${label} ${summary(dots)}`);
    // another scheduler: dots glide to where they belong; another number of steps: they are other dots
    this.svg.classList.toggle("ds-glide", this.shown !== keyOf(now) && this.dots.length === dots.length);
    this.shown = keyOf(now);
    this.dots = dots;
    this.steps = now.steps;
    this.range.max = String(dots.length - 1);
    this.draw();
    this.read(this.at);
  }

  /** Axes and curves; drawn anew only when they change. */
  lay() {
    const { width, curve, dots, guide, marks } = this;
    const height = Math.round(clamp(width * 0.46, 230, 340));
    const box = { left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom };
    const levels = curve.length ? [...curve] : dots.map((dot) => dot.ratio);
    const times = curve.length ? levels.map((_, t) => t) : dots.map((dot) => dot.t);
    const ticks = decades([...levels, ...levels.map(snrOf)]);
    const last = curve.length || 10 ** Math.ceil(Math.log10(Math.max(...times) + 1));
    const x = linear(last, 0, box.left, box.right);
    const y = logarithmic(ticks[0], ticks[ticks.length - 1], box.bottom, box.top);
    /** @param {string} name @param {number[]} values */
    const path = (name, values) => svg("path", { class: name, d: polyline(times.map((t, i) => [x(t), y(values[i])])) });
    /** @type {import("../parts/chart.js").Tick[]} */
    const xTicks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => [
      x(Math.round(part * last)),
      decimal(Math.round(part * last)),
    ]);
    /** @type {import("../parts/chart.js").Tick[]} */
    const yTicks = ticks.map((tick) => [y(tick), decimal(tick)]);
    const even = svg("line", { class: "ds-even", x1: box.left, x2: box.right, y1: y(1), y2: y(1) });
    setAll(guide, { y1: box.top, y2: box.bottom });
    setAll(this.svg, { viewBox: `0 0 ${width} ${height}`, height });
    this.svg.replaceChildren(
      axes(box, xTicks, yTicks, "timestep t, from noise to picture", "ratio, no unit"),
      even,
      path("ds-noise", levels),
      path("ds-signal", levels.map(snrOf)),
      guide,
      marks,
    );
    return { x, y };
  }

  draw() {
    if (!this.width) return;
    const { marks, dots } = this;
    if (!this.scales || !this.curve.length) this.scales = this.lay();
    const { x, y } = this.scales;
    while (marks.childElementCount > 2 * dots.length) marks.lastChild?.remove();
    while (marks.childElementCount < 2 * dots.length) marks.append(svg("circle"));
    const circles = /** @type {SVGCircleElement[]} */ ([...marks.children]);
    circles.forEach((mark, i) => {
      const { ratio, t, second } = dots[i >> 1];
      const signal = i % 2 === 1;
      const radius = (signal ? 3 : 4.5) + (second ? 1.5 : 0); // a ring shows around a dot of the same place
      setAll(mark, { class: `${signal ? "ds-signal" : "ds-noise"}${second ? " ds-second" : ""}`, r: radius });
      mark.style.transform = `translate(${x(t).toFixed(2)}px, ${y(signal ? snrOf(ratio) : ratio).toFixed(2)}px)`;
    });
  }

  /** @param {number} left of the page, pixels */
  point(left) {
    if (!this.scales) return;
    const places = this.dots.map((dot) => this.scales?.x(dot.t) ?? 0);
    this.read(nearest(places, left - this.svg.getBoundingClientRect().left));
  }

  /** @param {number} at */
  read(at) {
    if (!this.dots.length) return;
    this.at = clamp(at, 0, this.dots.length - 1);
    const dot = this.dots[this.at];
    const text = readOut(dot, this.steps);
    this.says.textContent = text;
    setSlider(this.range, this.at);
    this.range.setAttribute("aria-valuetext", text);
    if (!this.scales) return;
    setAll(this.guide, { x1: this.scales.x(dot.t), x2: this.scales.x(dot.t) });
    for (const [i, mark] of [...this.marks.children].entries()) mark.classList.toggle("ds-read", i >> 1 === this.at);
  }
}

/** @type {import("../base/sync.js").Render<ScheduleTraits>} */
function render({ model, el }) {
  const schedule = new ScheduleView(model, el);
  return () => schedule.view.end();
}

export default { render };
