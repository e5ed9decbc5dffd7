// synced: playhead (Python reads it; at most ten writes a second).  local: position while playing, decoded pictures.

import { alertBox, clamp, h, icon, scope, setSlider, throttle } from "../base/dom.js";
import { Reel, short } from "../parts/frames.js";
import { DistanceChart, PlaneChart } from "./charts.js";

const PLAY = { seconds: 5, calm: 0.1, pause: 500 }; // calm: share of the way a jump takes when motion is not wanted

/** Where a lane stands: the last of its points that lies behind the playhead. */
export function reached(share, playhead) {
  let at = 0;
  while (at + 1 < share.length && share[at + 1] <= playhead + 1e-9) at += 1;
  return at;
}

/** The place among the chosen pictures that stands for a point: the last one not behind it. */
export const pictureOf = (pictures, point) => Math.max(0, pictures.filter((one) => one <= point).length - 1);

/** "call 5 of 20 · σ/α 3.20", or that it has arrived. */
export function standing(lane, at) {
  if (lane.share[at] >= 1) return "finished";
  return `call ${lane.call[at]} of ${lane.calls} · σ/α\u00a0${short(lane.ratio[at])}`;
}

/** How far a lane is from the reference, in words; "" for the reference itself and where there is none. */
export function gap(lane, at) {
  if (!lane.distance.length) return "";
  return lane.name === "R" ? "" : `distance ${short(lane.distance[at])}`;
}

/** Why a lane need not meet the reference; "" for one that should come close. */
export function excuse(lane) {
  if (lane.distilled) return "Made for distilled models: not expected to meet the reference.";
  return lane.random ? "Draws fresh noise: not expected to meet the reference." : "";
}

class Runner {
  constructor(lane, size) {
    this.lane = lane;
    const reference = lane.name === "R";
    this.canvas = h("canvas", { ...size, role: "img" });
    this.canvas.classList.toggle("ds-pixels", Math.max(size.width, size.height) <= 128);
    this.state = h("span", { class: "ds-state" });
    this.far = h("b", { class: "ds-far" });
    const key = h("span", { class: `ds-key ds-lane-${lane.name}`, "aria-hidden": "true" }, lane.name);
    const head = h("p", { class: "ds-name" }, key, h("b", {}, reference ? "reference" : lane.scheduler));
    const what = reference ? `${lane.scheduler} · ${lane.steps} steps` : `${lane.steps} steps · ${lane.calls} calls`;
    const words = h("figcaption", {}, h("span", {}, what), this.state, this.far);
    if (lane.distance.length && excuse(lane)) words.append(h("span", { class: "ds-excuse" }, excuse(lane)));
    this.box = h("figure", {}, head, this.canvas, words);
  }

  draw(pictures, playhead) {
    const { lane, canvas } = this;
    const at = reached(lane.share, playhead);
    const picture = pictures?.[pictureOf(lane.pictures, at)];
    if (picture) canvas.getContext("2d").drawImage(picture, 0, 0);
    this.state.textContent = standing(lane, at);
    this.far.textContent = gap(lane, at);
    canvas.setAttribute("aria-label", `What ${lane.scheduler} expects, ${standing(lane, at)}`);
  }
}

class Race {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "race");
    this.title = h("p", { class: "ds-title" });
    this.lanes = h("div", { class: "ds-lanes" });
    this.play = h("button", { type: "button", class: "ds-play", "aria-label": "Play" }, icon("play"));
    this.range = h("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Share of the way" });
    this.label = h("p", { class: "ds-label" });
    this.charts = [new PlaneChart(this.view), new DistanceChart(this.view)];
    this.hint = h(
      "p",
      { class: "ds-hint" },
      h("b", {}, "No race yet"),
      "Show two to six runs that started from one noise.",
    );
    this.body = h(
      "div",
      { class: "ds-body" },
      this.title,
      this.lanes,
      h("div", { class: "ds-bar" }, this.play, this.range, this.label),
      h("div", { class: "ds-charts" }, ...this.charts.map((chart) => chart.box)),
    );
    this.view.root.append(alertBox(model, this.view), this.hint, this.body);
    Object.assign(this, { runners: [], reel: null, position: model.get("playhead"), timer: 0, ended: false });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.save = throttle(() => {
      model.set("playhead", this.position);
      model.save_changes();
    }, 100);
    this.listen();
    this.load();
  }

  listen() {
    const { view, range, play, model } = this;
    view.listen(range, "input", () => this.go(Number(range.value) / 100));
    view.listen(range, "change", () => this.save.flush());
    view.listen(play, "click", () => (this.timer ? this.pause() : this.start()));
    view.watch("meta", () => this.load());
    view.watch("playhead", () => {
      if (this.timer || this.save.waiting()) return;
      this.position = model.get("playhead");
      this.draw();
    });
    view.undo(() => {
      this.ended = true;
      cancelAnimationFrame(this.timer);
      this.save.flush();
      this.save.cancel();
      this.reel?.end();
    });
  }

  async load() {
    const meta = this.model.get("meta");
    const empty = !meta.lanes;
    this.hint.hidden = !empty;
    this.body.hidden = empty;
    if (empty) return;
    this.pause();
    this.reel?.end();
    const reel = (this.reel = new Reel(meta, this.model.get("frames")));
    const { width, height } = meta.rows[0];
    this.runners = meta.lanes.map((lane) => new Runner(lane, { width, height }));
    this.lanes.replaceChildren(...this.runners.map((runner) => runner.box));
    this.title.replaceChildren(
      h("b", {}, meta.title || "no prompt"),
      ` · one noise, seed ${meta.seed} · guidance ${meta.guidance}`,
    );
    for (const chart of this.charts) chart.load(meta);
    this.draw();
    await reel.want(meta.rows.map((row) => row.name));
    if (!this.ended && reel === this.reel) this.draw();
  }

  go(position) {
    this.pause();
    this.position = position;
    this.draw();
    this.save();
  }

  start() {
    if (this.position >= 1) this.position = 0;
    this.showPlaying(true);
    let before = performance.now();
    const tick = (now) => {
      const passed = Math.max(0, now - before); // a frame's time may lie before the click
      const calm = this.still.matches;
      if (!calm || passed >= PLAY.pause) {
        this.position = Math.min(1, this.position + (calm ? PLAY.calm : passed / 1000 / PLAY.seconds));
        before = now;
        this.draw();
      }
      if (this.position >= 1) this.pause();
      else this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.timer) return;
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.showPlaying(false);
    this.save();
    this.save.flush();
  }

  showPlaying(on) {
    this.play.replaceChildren(icon(on ? "pause" : "play"));
    this.play.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  draw() {
    const position = clamp(this.position, 0, 1);
    for (const runner of this.runners) runner.draw(this.reel.pictures[runner.lane.name], position);
    const text = `${Math.round(100 * position)} % of the way`;
    this.label.textContent = text;
    this.range.setAttribute("aria-valuetext", text);
    setSlider(this.range, Math.round(100 * position));
    for (const chart of this.charts) chart.mark(position);
  }
}

function render({ model, el }) {
  const race = new Race(model, el);
  return () => race.view.end();
}

export default { render };
