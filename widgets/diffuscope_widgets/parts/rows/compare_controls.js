// The controls of a comparison: how to compare, where the seam is, whose turn it is, and what differs in the settings.
import { h, setSlider } from "../../base/dom.js";
import { write } from "../../base/sync.js";
import { toggles } from "../controls/toggles.js";
import { clamp } from "../numbers.js";

/** @typedef {import("../../base/wire.js").Difference} Difference */

const TURN = 700; // ms a run is seen while blinking: slow enough to be safe for everyone

/**
 * The rows of the table, or a sentence where there is nothing to list.
 * @param {Difference[]} differences
 */
function listed(differences) {
  if (!differences.length) return h("p", { class: "ds-soft" }, "Nothing differs in the settings.");
  /** @param {"th" | "td"} tag @param {string[]} texts */
  const cells = (tag, ...texts) =>
    h("tr", {}, ...texts.map((text) => h(tag, tag === "th" ? { scope: "col" } : {}, text)));
  const rows = differences.map(({ field, left, right }) => cells("td", field.replaceAll("_", " "), left, right));
  return h("table", {}, h("thead", {}, cells("th", "differs", "left", "right")), h("tbody", {}, ...rows));
}

export class CompareControls {
  still = matchMedia("(prefers-reduced-motion: reduce)");
  seam = h("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Seam, percent from the left" });
  flip = h("button", { type: "button", title: "Show the other run, and stop blinking" }, "Flip");
  list = h("div", { class: "ds-differences" });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /**
   * @param {import("../../base/sync.js").Model<import("../../base/wire.js").Comparing>} model
   * @param {import("../../base/sync.js").View} view
   * @param {() => void} redraw
   * @param {() => Difference[]} [differences] what differs in the settings
   */
  constructor(model, view, redraw, differences = () => model.get("differences")) {
    this.model = model;
    this.redraw = redraw;
    this.differences = differences;
    /** @type {import("./compare_draw.js").How} */
    this.how = { mode: model.get("mode"), wipe: 0.5, turn: 0 };
    this.modes = toggles(view, "Compare", model.get("modes"), (mode) => write(model, { mode }));
    this.bar = h("div", { class: "ds-compare" }, this.modes.box, this.seam, this.flip);
    view.listen(this.seam, "input", () => this.wipe(Number(this.seam.value) / 100));
    view.listen(this.flip, "click", () => {
      this.rest();
      this.turn();
    });
    view.watch("mode", () => this.follow());
    view.watch("differences", () => this.writeDifferences());
    view.undo(() => this.rest());
    this.writeDifferences();
    this.take();
  }

  /**
   * There are two runs, or no longer.
   * @param {boolean} on
   */
  show(on) {
    this.bar.hidden = this.list.hidden = !on;
    if (on) this.take();
    else this.rest();
  }

  writeDifferences() {
    this.list.replaceChildren(listed(this.differences()));
  }

  follow() {
    this.take();
    this.redraw();
  }

  /** Take over the mode of the model. */
  take() {
    const mode = this.model.get("mode");
    Object.assign(this.how, { mode, turn: 0 });
    this.modes.set([mode]);
    this.seam.hidden = mode !== "wipe";
    this.flip.hidden = mode !== "blink";
    setSlider(this.seam, 100 * this.how.wipe);
    this.rest();
    if (mode === "blink" && !this.still.matches) this.timer = setInterval(() => this.turn(), TURN);
  }

  /** @param {number} share */
  wipe(share) {
    this.how.wipe = clamp(share, 0, 1);
    setSlider(this.seam, 100 * this.how.wipe);
    this.redraw();
  }

  turn() {
    this.how.turn = 1 - this.how.turn;
    this.redraw();
  }

  rest() {
    clearInterval(this.timer);
  }
}
