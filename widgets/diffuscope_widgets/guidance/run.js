// The whole run beside the recorded one: drawn again at the slider's guidance.
import { h } from "../base/dom.js";
import { pixelsOf } from "../parts/pixels.js";
import { put, shownFigure } from "./parts.js";

/** @typedef {import("../base/wire.js").GuidanceTraits} GuidanceTraits */

/**
 * The whole run, in a few words.
 * @param {import("../base/wire.js").WholeRun} run
 * @param {[done: number, total: number]} progress
 * @param {boolean} live a model is there
 * @param {number} guidance of the recorded run
 */
export function story(run, [done, total], live, guidance) {
  if (!live) return "No model here: a whole run cannot be drawn again.";
  if (!run.state) return `Move guidance away from ${guidance}, and the whole run is drawn again.`;
  if (run.state === "running") return done ? `drawing: step ${done} of ${total}` : "waiting for its turn";
  return run.state === "done" ? `drawn in ${run.seconds?.toFixed(1)} s` : "stopped";
}

export class WholeRun {
  recorded = shownFigure("shown");
  redrawn = shownFigure("shown");
  bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the whole run" });
  status = h("p", { class: "ds-about" });
  stop = h("button", { type: "button" }, "Stop");
  apart = h(
    "button",
    { type: "button", title: "Show the steps of the new run in the place of the recorded one" },
    "Take this run apart",
  );
  line = h("div", { class: "ds-run-line" }, this.bar, this.status, this.stop, this.apart);
  box = h("div", { class: "ds-runs" }, this.recorded.box, this.redrawn.box, this.line);

  /**
   * @param {import("../base/sync.js").Model<GuidanceTraits>} model
   * @param {import("../base/sync.js").View} view
   */
  constructor(model, view) {
    this.model = model;
    view.listen(this.stop, "click", () => model.send({ type: "stop" }));
    view.listen(this.apart, "click", () => model.send({ type: "apart" }));
  }

  /**
   * A finished picture with its title, or none.
   * @param {import("./parts.js").Shown} figure
   * @param {ImageBitmap | undefined} bitmap
   * @param {string} title
   */
  finish(figure, bitmap, title) {
    figure.box.hidden = !bitmap;
    figure.text.textContent = title;
    if (!bitmap) return;
    put(figure, pixelsOf(bitmap), bitmap, `Finished picture, ${title}`, this.model.get("limits"));
  }

  /**
   * @param {{ guidance: number, live: boolean }} meta of the recorded run
   * @param {ImageBitmap | undefined} recorded
   * @param {ImageBitmap | undefined} redrawn
   * @param {number | undefined} drawn its guidance
   */
  draw({ guidance, live }, recorded, redrawn, drawn) {
    const run = this.model.get("run");
    const [done, total] = this.model.get("progress");
    const running = run.state === "running";
    this.finish(this.recorded, recorded, `recorded, guidance ${guidance}`);
    this.finish(this.redrawn, redrawn, redrawn ? `whole run, guidance ${drawn}` : "");
    this.redrawn.box.classList.toggle("ds-stale", running);
    this.status.textContent = story(run, [done, total], live, guidance);
    this.bar.value = total ? done / total : 0;
    this.bar.hidden = this.stop.hidden = !running;
    this.apart.hidden = run.state !== "done" || (run.guidance ?? 0) <= 1;
  }
}
