// The two charts of a race: paths of the latents in a plane, and distances to the reference over the way.
import { h, setAll, svg } from "../base/dom.js";
import { axes, decades, linear, logarithmic, onWidth, polyline } from "../parts/chart.js";
import { decimal } from "../parts/numbers.js";

/** @typedef {import("../parts/chart.js").Point} Point */
/** @typedef {import("../base/wire.js").LaneMeta} LaneMeta */

const EDGE = 24; // pixels kept free around the paths
const MARGIN = { left: 58, top: 12, right: 22, bottom: 46 };
const LEAST = 1e-3; // distances below this are shown as this

/**
 * Points fitted into width x height with one scale for both axes; y grows upwards.
 * @param {Point[][]} paths
 * @param {number} width
 * @param {number} height
 * @param {number} edge
 * @returns {Point[][]}
 */
export function fitted(paths, width, height, edge) {
  const [xs, ys] = [0, 1].map((axis) => paths.flat().map((point) => point[axis]));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((width - 2 * edge) / (right - left || 1), (height - 2 * edge) / (high - low || 1));
  return paths.map((path) =>
    path.map(([x, y]) => [width / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (low + high) / 2) * scale]),
  );
}

/**
 * The part of a path that lies behind the playhead, its last stretch cut where the playhead stands.
 * @param {Point[]} path
 * @param {number[]} share
 * @param {number} playhead
 * @returns {Point[]}
 */
export function behind(path, share, playhead) {
  const next = share.findIndex((one) => one > playhead + 1e-9);
  if (next < 0) return path;
  if (next === 0) return path.slice(0, 1);
  const part = (playhead - share[next - 1]) / (share[next] - share[next - 1]);
  const [from, to] = [path[next - 1], path[next]];
  return [...path.slice(0, next), [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]];
}

class Chart {
  /** @type {LaneMeta[]} */
  lanes = [];
  /** @type {number[]} */
  plane = [];
  width = 0;
  playhead = 0;
  words = h("figcaption");

  /**
   * @param {import("../base/sync.js").View} view
   * @param {string} title
   * @param {string} label
   */
  constructor(view, title, label) {
    this.svg = svg("svg", { class: "ds-chart", role: "img", "aria-label": label });
    this.room = h("div", {}, this.svg);
    const head = h("p", { class: "ds-name" }, h("b", {}, title));
    this.box = h("figure", { class: "ds-panel" }, head, this.room, this.words);
    onWidth(view, this.room, (width) => {
      this.width = width;
      this.lay();
    });
  }

  /** @param {number} height */
  size(height) {
    setAll(this.svg, { viewBox: `0 0 ${this.width} ${height}`, height });
  }

  /** @param {import("../base/wire.js").RaceMeta} meta */
  load({ lanes, plane }) {
    this.lanes = lanes;
    this.plane = plane;
    this.lay();
  }

  lay() {
    if (!this.width || !this.lanes.length) return;
    this.draw();
    this.mark(this.playhead);
  }

  draw() {}

  /** @param {number} playhead */
  mark(playhead) {
    this.playhead = playhead;
  }
}

export class PlaneChart extends Chart {
  /** @type {Point[][]} */
  paths = [];
  /** @type {SVGPathElement[]} */
  done = [];
  /** @type {SVGGElement[]} */
  dots = [];

  /** @param {import("../base/sync.js").View} view */
  constructor(view) {
    super(view, "Paths of the latents", "Paths of the noisy latents of every lane in the plane of greatest spread");
  }

  draw() {
    const { width, lanes, plane } = this;
    const height = Math.round(width * 0.72);
    this.size(height);
    this.paths = fitted(
      lanes.map((lane) => lane.path),
      width,
      height,
      EDGE,
    );
    /** @param {string} name @param {LaneMeta} lane @param {Point[]} path */
    const line = (name, lane, path) => svg("path", { class: `${name} ds-lane-${lane.name}`, d: polyline(path) });
    const whole = lanes.map((lane, i) => line("ds-ahead", lane, this.paths[i]));
    this.done = lanes.map((lane) => line("ds-done", lane, []));
    this.dots = lanes.map(({ name }) =>
      svg("g", { class: `ds-dot ds-lane-${name}` }, svg("circle", { r: 8 }), svg("text", { y: 3.5 }, name)),
    );
    this.svg.replaceChildren(...whole, ...this.done, this.start(this.paths[0][0]), ...this.dots);
    const [across, upwards] = plane.map((part) => `${Math.round(100 * part)} %`);
    const spread = `${across} of the variance lies across, ${upwards} upwards`;
    this.words.textContent = `xₜ in the plane of greatest spread: ${spread}.`;
  }

  /**
   * The noise they all begin with.
   * @param {Point} at
   */
  start([x, y]) {
    const [anchor, left] = x > this.width / 2 ? ["end", x + 8] : ["start", x - 8];
    const words = svg("text", { x: left, y: y - 14, "text-anchor": anchor }, "one noise");
    return svg("g", { class: "ds-start" }, svg("circle", { cx: x, cy: y, r: 7 }), words);
  }

  /** @param {number} playhead */
  mark(playhead) {
    super.mark(playhead);
    this.paths.forEach((path, i) => {
      const walked = behind(path, this.lanes[i].share, playhead);
      const [x, y] = walked[walked.length - 1];
      setAll(this.done[i], { d: polyline(walked) });
      setAll(this.dots[i], { transform: `translate(${x.toFixed(1)},${y.toFixed(1)})` });
    });
  }
}

export class DistanceChart extends Chart {
  guide = svg("line", { class: "ds-guide" });
  x = linear(0, 1, 0, 1);

  /** @param {import("../base/sync.js").View} view */
  constructor(view) {
    const label = "How far what each lane expects is from the reference's result, over the way";
    super(view, "Distance to the reference", label);
  }

  draw() {
    const lanes = this.lanes.filter((lane) => lane.distance.length && lane.name !== "R");
    this.box.hidden = !lanes.length;
    if (!lanes.length) return;
    const { width } = this;
    const height = Math.round(width * 0.72);
    this.size(height);
    const box = { left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom };
    const ticks = decades(lanes.flatMap((lane) => lane.distance).map((one) => Math.max(one, LEAST)));
    const x = linear(0, 1, box.left, box.right);
    const y = logarithmic(ticks[0], ticks[ticks.length - 1], box.bottom, box.top);
    this.x = x;
    setAll(this.guide, { y1: box.top, y2: box.bottom });
    /** @type {import("../parts/chart.js").Tick[]} */
    const xTicks = [0, 0.25, 0.5, 0.75, 1].map((part) => [x(part), `${100 * part} %`]);
    /** @type {import("../parts/chart.js").Tick[]} */
    const yTicks = ticks.map((tick) => [y(tick), decimal(tick)]);
    const lines = lanes.map(({ name, share, distance }) => {
      /** @type {Point[]} */
      const points = share.map((part, i) => [x(part), y(distance[i])]);
      const end = svg("text", { x: box.right + 6, y: points[points.length - 1][1] + 4 }, name);
      return svg("g", { class: `ds-lane-${name}` }, svg("path", { class: "ds-done", d: polyline(points) }), end);
    });
    const back = axes(box, xTicks, yTicks, "share of the way", "root mean square");
    this.svg.replaceChildren(back, this.guide, ...lines);
    const ends = lanes.map(({ name, distance }) => `${name} ${decimal(rounded(distance[distance.length - 1]))}`);
    this.words.textContent = `x₀ against the reference's result, per latent number; at the end: ${ends.join(", ")}.`;
  }

  /** @param {number} playhead */
  mark(playhead) {
    super.mark(playhead);
    setAll(this.guide, { x1: this.x(playhead), x2: this.x(playhead) });
  }
}

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(2));
