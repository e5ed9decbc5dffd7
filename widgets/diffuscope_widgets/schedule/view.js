// synced: scheduler, schedule, steps, table, columns, curve (Python writes them).  local: which dot is read out; and what a
// picker on the same page has just told, which is newer than the traits.

import { alertBox, clamp, floats, h, scope, setSlider } from "../base/dom.js";
import { axes, decades, decimal, linear, logarithmic, nearest, onWidth, polyline, shape } from "../parts/chart.js";
import { short } from "../parts/frames.js";
import { callsOf, priceOf } from "../parts/schedulers.js";

const TOLD = "diffuscope-schedule"; // as in scheduler_picker.js
const MARGIN = { left: 62, top: 14, right: 16, bottom: 46 };

/** Dots of every number of steps: a Map from steps to a list of { step, ratio, t, second }. */
export function dotsOf(columns, numbers) {
  const found = new Map();
  let at = 0;
  columns.steps.forEach((steps, place) => {
    const dots = [];
    for (let call = 0; call < columns.calls[place]; call += 1, at += 3) {
      const [step, ratio, t] = numbers.subarray(at, at + 3);
      dots.push({ step, ratio, t, second: dots.at(-1)?.step === step });
    }
    found.set(steps, dots);
  });
  return found;
}

export const snrOf = (ratio) => 1 / ratio ** 2;

/** "step 5 of 20: σ/α 3.20, SNR 0.098, t 801" */
export function readOut({ step, ratio, t, second }, steps) {
  return `step ${step + 1} of ${steps}${second ? ", second call" : ""}: σ/α ${short(ratio)}, SNR ${short(snrOf(ratio))}, t ${Math.round(t)}`;
}

/** What the dots say together: where they begin and end, and how many of them have more noise than signal. */
export function summary(dots) {
  const noisy = dots.filter((dot) => dot.ratio > 1).length;
  const ends = `From σ/α ${short(dots[0].ratio)} to σ/α ${short(dots.at(-1).ratio)}; ${noisy} of ${dots.length} calls see more noise than signal.`;
  return dots.some((dot) => dot.second) ? `${ends} Rings are the second call of a step.` : ends;
}

export const keyOf = ({ scheduler, schedule }) => `${scheduler}|${schedule}`;

function build() {
  const title = h("p", { class: "ds-title" });
  const svg = shape("svg", { class: "ds-chart", role: "img" });
  const legend = h(
    "p",
    { class: "ds-legend" },
    h("span", { class: "ds-noise" }, "σ/α, noise ÷ signal"),
    h("span", { class: "ds-signal" }, "SNR = (α/σ)²"),
  );
  const range = h("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": "Dot to read out" });
  const says = h("output", { class: "ds-says" });
  const about = h("p", { class: "ds-about" });
  return { title, svg, legend, range, says, about, box: h("div", { class: "ds-box" }, svg) };
}

class Schedule {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "schedule");
    Object.assign(this, build(), { known: new Map(), told: null, at: 0, width: 0, dots: [], shown: "" });
    const line = h("div", { class: "ds-line" }, this.range, this.says);
    this.view.root.append(
      alertBox(model, this.view),
      h("div", { class: "ds-top" }, this.title, this.legend),
      this.box,
      line,
      this.about,
    );
    this.listen();
    this.load();
  }

  listen() {
    const { view, range, svg, model } = this;
    view.listen(document, `${TOLD}-${model.get("channel")}`, (event) => {
      this.told = event.detail;
      this.show();
    });
    view.watch("table columns curve", () => this.load());
    view.watch("scheduler schedule steps", () => this.show());
    view.listen(range, "input", () => this.read(Number(range.value)));
    view.listen(svg, "pointermove", (event) => {
      const places = this.dots.map((dot) => this.frame.x(dot.t));
      this.read(nearest(places, event.clientX - svg.getBoundingClientRect().left));
    });
    onWidth(view, this.box, (width) => {
      this.width = width;
      this.frame = null;
      this.show();
    });
  }

  load() {
    const columns = this.model.get("columns");
    if (columns.steps)
      this.known.set(keyOf(columns), { ...columns, dots: dotsOf(columns, floats(this.model.get("table"))) });
    this.curve = floats(this.model.get("curve"));
    this.frame = null;
    this.show();
  }

  /** What is chosen now: a picker's word, or the traits. */
  get now() {
    if (this.told) return this.told;
    const [scheduler, schedule, steps] = ["scheduler", "schedule", "steps"].map((name) => this.model.get(name));
    const columns = this.model.get("columns");
    return { scheduler, schedule: schedule ?? (columns.scheduler === scheduler ? columns.schedule : null), steps };
  }

  show() {
    const { now } = this;
    const known = this.known.get(keyOf(now));
    const dots = known?.dots.get(now.steps);
    this.view.root.classList.toggle("ds-waiting", !dots); // the dots of before stay until Python has sent these
    if (!dots) return;
    const whole = callsOf(known.rule, now.steps);
    const kept = dots.length < whole ? `, ${dots.length} kept` : "";
    this.title.replaceChildren(
      h("b", {}, now.scheduler),
      ` · ${now.schedule} · ${priceOf(known.rule, now.steps)}${kept}`,
    );
    this.about.textContent = summary(dots);
    this.svg.setAttribute(
      "aria-label",
      `Noise level and signal-to-noise ratio over the timesteps, with a dot for each call. ${summary(dots)}`,
    );
    // another scheduler: dots glide to where they belong; another number of steps: they are other dots
    this.svg.classList.toggle("ds-glide", this.shown !== keyOf(now) && this.dots.length === dots.length);
    this.shown = keyOf(now);
    this.dots = dots;
    this.steps = now.steps;
    this.range.max = dots.length - 1;
    this.draw();
    this.read(this.at);
  }

  /** Axes and curves; drawn anew only when they change. */
  lay() {
    const { width, curve, dots } = this;
    const height = Math.round(clamp(width * 0.46, 230, 340));
    const box = { left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom };
    const levels = curve.length ? [...curve] : dots.map((dot) => dot.ratio);
    const times = curve.length ? levels.map((_, t) => t) : dots.map((dot) => dot.t);
    const ticks = decades([...levels, ...levels.map(snrOf)]);
    const last = curve.length || 10 ** Math.ceil(Math.log10(Math.max(...times) + 1));
    this.frame = {
      x: linear(last, 0, box.left, box.right),
      y: logarithmic(ticks[0], ticks.at(-1), box.bottom, box.top),
    };
    const { x, y } = this.frame;
    const path = (level, name) =>
      shape("path", { class: name, d: polyline(times.map((t, i) => [x(t), y(level(levels[i]))])) });
    const xTicks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((part) => Math.round(part * last)).map((t) => [x(t), String(t)]);
    const even = shape(
      "g",
      { class: "ds-even" },
      shape("line", { x1: box.left, x2: box.right, y1: y(1), y2: y(1) }),
      shape("text", { x: box.right - 4, y: y(1) - 6, "text-anchor": "end" }, "as much noise as signal"),
    );
    Object.assign(this, {
      guide: shape("line", { class: "ds-guide", y1: box.top, y2: box.bottom }),
      marks: shape("g", { class: "ds-dots" }),
    });
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", height);
    const back = axes(
      box,
      xTicks,
      ticks.map((tick) => [y(tick), decimal(tick)]),
      "timestep t, from noise to picture",
      "ratio, no unit",
    );
    this.svg.replaceChildren(
      back,
      even,
      path((s) => s, "ds-noise"),
      path(snrOf, "ds-signal"),
      this.guide,
      this.marks,
    );
  }

  draw() {
    if (!this.width) return;
    if (!this.frame || !this.curve.length) this.lay();
    const { marks, dots, frame } = this;
    while (marks.childElementCount > 2 * dots.length) marks.lastChild.remove();
    while (marks.childElementCount < 2 * dots.length) marks.append(shape("circle"));
    dots.forEach((dot, i) => {
      [dot.ratio, snrOf(dot.ratio)].forEach((value, k) => {
        const mark = marks.children[2 * i + k];
        mark.setAttribute("class", `${k ? "ds-signal" : "ds-noise"}${dot.second ? " ds-second" : ""}`);
        mark.setAttribute("r", (k ? 3 : 4.5) + (dot.second ? 1.5 : 0)); // a ring shows around a dot of the same place, as Heun has them
        mark.style.transform = `translate(${frame.x(dot.t).toFixed(2)}px, ${frame.y(value).toFixed(2)}px)`;
      });
    });
  }

  read(at) {
    if (!this.dots.length) return;
    this.at = clamp(at, 0, this.dots.length - 1);
    const dot = this.dots[this.at];
    const text = readOut(dot, this.steps);
    this.says.textContent = text;
    setSlider(this.range, this.at);
    this.range.setAttribute("aria-valuetext", text);
    if (!this.frame) return;
    for (const end of ["x1", "x2"]) this.guide.setAttribute(end, this.frame.x(dot.t));
    [...this.marks.children].forEach((mark, i) => mark.classList.toggle("ds-read", i >> 1 === this.at));
  }
}

function render({ model, el }) {
  const schedule = new Schedule(model, el);
  return () => schedule.view.end();
}

export default { render };
