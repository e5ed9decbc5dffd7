// The two charts of a race: paths of the latents in a plane, and distances to the reference over the way.

import { h } from "../base/dom.js";
import { axes, decades, decimal, linear, logarithmic, onWidth, polyline, shape } from "../parts/chart.js";

const EDGE = 24; // pixels kept free around the paths
const MARGIN = { left: 58, top: 12, right: 22, bottom: 46 };
const LEAST = 1e-3; // distances below this are shown as this

/** Points fitted into width x height with one scale for both axes; y grows upwards. */
export function fitted(paths, width, height, edge) {
  const [xs, ys] = [0, 1].map((axis) => paths.flat().map((point) => point[axis]));
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((width - 2 * edge) / (right - left || 1), (height - 2 * edge) / (high - low || 1));
  const place = ([x, y]) => [width / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (low + high) / 2) * scale];
  return paths.map((path) => path.map(place));
}

/** The part of a path that lies behind the playhead, its last stretch cut where the playhead stands. */
export function behind(path, share, playhead) {
  const next = share.findIndex((one) => one > playhead + 1e-9);
  if (next < 0) return path;
  if (next === 0) return path.slice(0, 1);
  const part = (playhead - share[next - 1]) / (share[next] - share[next - 1]);
  const [from, to] = [path[next - 1], path[next]];
  return [...path.slice(0, next), from.map((one, axis) => one + part * (to[axis] - one))];
}

class Chart {
  constructor(view, title, label) {
    this.svg = shape("svg", { class: "ds-chart", role: "img", "aria-label": label });
    this.words = h("figcaption", {});
    this.room = h("div", {}, this.svg);
    this.box = h(
      "figure",
      { class: "ds-panel" },
      h("p", { class: "ds-name" }, h("b", {}, title)),
      this.room,
      this.words,
    );
    Object.assign(this, { lanes: [], width: 0, playhead: 0 });
    onWidth(view, this.room, (width) => {
      this.width = width;
      this.lay();
    });
  }

  size(height) {
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.svg.setAttribute("height", height);
  }

  load({ lanes, plane }) {
    Object.assign(this, { lanes, plane });
    this.lay();
  }

  lay() {
    if (!this.width || !this.lanes.length) return;
    this.draw();
    this.mark(this.playhead);
  }
}

export class PlaneChart extends Chart {
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
    const line = (name, i, path) => shape("path", { class: `${name} ds-lane-${lanes[i].name}`, d: polyline(path) });
    const whole = this.paths.map((path, i) => line("ds-ahead", i, path));
    this.done = this.paths.map((path, i) => line("ds-done", i, []));
    this.dots = lanes.map((lane) =>
      shape(
        "g",
        { class: `ds-dot ds-lane-${lane.name}` },
        shape("circle", { r: 8 }),
        shape("text", { y: 3.5 }, lane.name),
      ),
    );
    const [x, y] = this.paths[0][0];
    const side = x > width / 2 ? ["end", x + 8] : ["start", x - 8];
    const start = shape(
      "g",
      { class: "ds-start" },
      shape("circle", { cx: x, cy: y, r: 7 }),
      shape("text", { x: side[1], y: y - 14, "text-anchor": side[0] }, "one noise"),
    );
    this.svg.replaceChildren(...whole, ...this.done, start, ...this.dots);
    const shares = plane.map((part) => `${Math.round(100 * part)} %`);
    this.words.textContent = `xₜ in the plane of greatest spread: ${shares[0]} of the variance lies across, ${shares[1]} upwards.`;
  }

  mark(playhead) {
    this.playhead = playhead;
    if (!this.paths) return;
    this.paths.forEach((path, i) => {
      const walked = behind(path, this.lanes[i].share, playhead);
      this.done[i].setAttribute("d", polyline(walked));
      this.dots[i].setAttribute("transform", `translate(${walked.at(-1).map((one) => one.toFixed(1))})`);
    });
  }
}

export class DistanceChart extends Chart {
  constructor(view) {
    super(
      view,
      "Distance to the reference",
      "How far what each lane expects is from the reference's result, over the way",
    );
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
    const [x, y] = [linear(0, 1, box.left, box.right), logarithmic(ticks[0], ticks.at(-1), box.bottom, box.top)];
    this.x = x;
    this.guide = shape("line", { class: "ds-guide", y1: box.top, y2: box.bottom });
    const xTicks = [0, 0.25, 0.5, 0.75, 1].map((part) => [x(part), `${100 * part} %`]);
    const back = axes(
      box,
      xTicks,
      ticks.map((tick) => [y(tick), decimal(tick)]),
      "share of the way",
      "root mean square",
    );
    const lines = lanes.map((lane) => {
      const points = lane.share.map((part, i) => [x(part), y(lane.distance[i])]);
      const end = shape("text", { x: box.right + 6, y: points.at(-1)[1] + 4 }, lane.name);
      return shape(
        "g",
        { class: `ds-lane-${lane.name}` },
        shape("path", { class: "ds-done", d: polyline(points) }),
        end,
      );
    });
    this.svg.replaceChildren(back, this.guide, ...lines);
    const ends = lanes.map((lane) => `${lane.name} ${decimal(Number(lane.distance.at(-1).toPrecision(2)))}`).join(", ");
    this.words.textContent = `x₀ against the reference's result, per latent number; at the end: ${ends}.`;
  }

  mark(playhead) {
    this.playhead = playhead;
    if (!this.guide) return;
    for (const end of ["x1", "x2"]) this.guide.setAttribute(end, this.x(playhead));
  }
}
