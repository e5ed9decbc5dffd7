// synced: playhead (Python reads it; at most ten writes a second).  local: position while playing, decoded pictures.
import { h, setSlider } from "../base/dom.js";
import { alertBox, scope, throttle, write } from "../base/sync.js";
import { Player } from "../parts/controls/player.js";
import { hint } from "../parts/figure.js";
import { Frames } from "../parts/frames.js";
import { clamp, short } from "../parts/numbers.js";
import { isSmall, penOf } from "../parts/pixels.js";
import { DistanceChart, PlaneChart } from "./charts.js";

/** @typedef {import("../base/wire.js").LaneMeta} LaneMeta */
/** @typedef {import("../base/wire.js").RaceTraits} RaceTraits */

const PACE = { speed: 1 / 5, jump: 0.1 }; // share of the way: a race takes five seconds

/**
 * Where a lane stands: the last of its points that lies behind the playhead.
 * @param {number[]} share
 * @param {number} playhead
 */
export function reached(share, playhead) {
  let at = 0;
  while (at + 1 < share.length && share[at + 1] <= playhead + 1e-9) at += 1;
  return at;
}

/**
 * The place among the chosen pictures that stands for a point: the last one not behind it.
 * @param {number[]} pictures
 * @param {number} point
 */
export const pictureOf = (pictures, point) => Math.max(0, pictures.filter((one) => one <= point).length - 1);

/**
 * "call 5 of 20 · σ/α 3.20", or that it has arrived.
 * @param {Pick<LaneMeta, "share" | "call" | "calls" | "ratio">} lane
 * @param {number} at
 */
export function standing({ share, call, calls, ratio }, at) {
  return share[at] >= 1 ? "finished" : `call ${call[at]} of ${calls} · σ/α\u00a0${short(ratio[at])}`;
}

/**
 * How far a lane is from the reference, in words; "" for the reference itself and where there is none.
 * @param {Pick<LaneMeta, "name" | "distance">} lane
 * @param {number} at
 */
export const gap = ({ name, distance }, at) =>
  distance.length && name !== "R" ? `distance ${short(distance[at])}` : "";

/**
 * Why a lane need not meet the reference; "" for one that should come close.
 * @param {Partial<Pick<LaneMeta, "distilled" | "random">>} lane
 */
export function excuse({ distilled, random }) {
  if (distilled) return "Made for distilled models: not expected to meet the reference.";
  return random ? "Draws fresh noise: not expected to meet the reference." : "";
}

class LaneView {
  state = h("span", { class: "ds-state" });
  far = h("b", { class: "ds-far" });

  /**
   * @param {LaneMeta} lane
   * @param {{ width: number, height: number }} size
   * @param {boolean} small
   */
  constructor(lane, { width, height }, small) {
    const { name, scheduler, steps, calls } = lane;
    const isReference = name === "R";
    this.lane = lane;
    this.canvas = h("canvas", { width, height, role: "img" });
    this.canvas.classList.toggle("ds-pixels", small);
    const key = h("span", { class: `ds-key ds-lane-${name}`, "aria-hidden": "true" }, name);
    const head = h("p", { class: "ds-name" }, key, h("b", {}, isReference ? "reference" : scheduler));
    const what = isReference ? `${scheduler} · ${steps} steps` : `${steps} steps · ${calls} calls`;
    const words = h("figcaption", {}, h("span", {}, what), this.state, this.far);
    const why = excuse(lane);
    if (lane.distance.length && why) words.append(h("span", { class: "ds-excuse" }, why));
    this.box = h("figure", {}, head, this.canvas, words);
  }

  /**
   * @param {ImageBitmap[] | undefined} pictures
   * @param {number} playhead
   */
  draw(pictures, playhead) {
    const { lane, canvas } = this;
    const at = reached(lane.share, playhead);
    const picture = pictures?.[pictureOf(lane.pictures, at)];
    if (picture) penOf(canvas).drawImage(picture, 0, 0);
    this.state.textContent = standing(lane, at);
    this.far.textContent = gap(lane, at);
    canvas.setAttribute("aria-label", `What ${lane.scheduler} expects, ${standing(lane, at)}`);
  }
}

class RaceView {
  /** @type {LaneView[]} */
  lanes = [];
  /** @type {Frames | null} */
  frames = null;
  ended = false;
  title = h("p", { class: "ds-title" });
  row = h("div", { class: "ds-lanes" });
  range = h("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Share of the way" });
  label = h("p", { class: "ds-label" });
  hint = hint("No race yet", "Show two to six runs that started from one noise.");
  player = new Player((position) => this.roll(position));

  /**
   * @param {import("../base/sync.js").Model<RaceTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "race");
    this.position = model.get("playhead");
    this.charts = [new PlaneChart(this.view), new DistanceChart(this.view)];
    const bar = h("div", { class: "ds-bar" }, this.player.button, this.range, this.label);
    const charts = h("div", { class: "ds-charts" }, ...this.charts.map((chart) => chart.box));
    this.body = h("div", { class: "ds-body" }, this.title, this.row, bar, charts);
    this.view.root.append(alertBox(model, this.view), this.hint, this.body);
    this.save = throttle(() => write(model, { playhead: this.position }), 100);
    this.listen();
    this.load();
  }

  listen() {
    const { view, range, player, model } = this;
    view.listen(range, "input", () => this.go(Number(range.value) / 100));
    view.listen(range, "change", () => this.save.flush());
    view.listen(player.button, "click", () => (player.on ? this.pause() : this.start()));
    view.watch("meta", () => this.load());
    view.watch("playhead", () => {
      if (player.on || this.save.waiting()) return;
      this.position = model.get("playhead");
      this.draw();
    });
    view.undo(() => {
      this.ended = true;
      this.player.stop();
      this.save.flush();
      this.save.cancel();
      this.frames?.end();
    });
  }

  async load() {
    const meta = this.model.get("meta");
    this.hint.hidden = Boolean(meta.lanes);
    this.body.hidden = !meta.lanes;
    if (!meta.lanes) return;
    this.pause();
    this.frames?.end();
    const frames = new Frames(meta.rows, this.model.get("frames"));
    this.frames = frames;
    const small = isSmall(meta.rows[0], this.model.get("limits"));
    this.lanes = meta.lanes.map((lane) => new LaneView(lane, meta.rows[0], small));
    this.row.replaceChildren(...this.lanes.map((lane) => lane.box));
    const about = ` · one noise, seed ${meta.seed} · guidance ${meta.guidance}`;
    this.title.replaceChildren(h("b", {}, meta.title || "no prompt"), about);
    for (const chart of this.charts) chart.load(meta);
    this.draw();
    await frames.decode();
    if (!this.ended && frames === this.frames) this.draw();
  }

  /** @param {number} position */
  go(position) {
    this.pause();
    this.position = position;
    this.draw();
    this.save();
  }

  start() {
    this.player.start(this.position >= 1 ? 0 : this.position, 1, PACE);
  }

  /** @param {number} position */
  roll(position) {
    this.position = position;
    this.draw();
    if (position >= 1) this.pause();
  }

  pause() {
    if (!this.player.on) return;
    this.player.stop();
    this.save();
    this.save.flush();
  }

  draw() {
    const position = clamp(this.position, 0, 1);
    for (const lane of this.lanes) lane.draw(this.frames?.pictures[lane.lane.name], position);
    const text = `${Math.round(100 * position)} % of the way`;
    this.label.textContent = text;
    this.range.setAttribute("aria-valuetext", text);
    setSlider(this.range, Math.round(100 * position));
    for (const chart of this.charts) chart.mark(position);
  }
}

/** @type {import("../base/sync.js").Render<RaceTraits>} */
function render({ model, el }) {
  const race = new RaceView(model, el);
  return () => race.view.end();
}

export default { render };
