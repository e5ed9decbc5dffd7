// The controls of a comparison: how to compare, where the seam is, whose turn it is, and what differs in the settings.

import { clamp, h, setSlider, toggles } from "../base/dom.js";
import { MODES } from "./compare_draw.js";

const TURN = 700; // ms a run is seen while blinking: slow enough to be safe for everyone

/** The rows of the table, or a sentence where there is nothing to list. */
function listed(differences) {
  if (!differences.length) return h("p", { class: "ds-soft" }, "Nothing differs in the settings.");
  const cells = (tag, ...texts) =>
    h("tr", {}, ...texts.map((text) => h(tag, tag === "th" ? { scope: "col" } : {}, text)));
  const rows = differences.map(({ field, left, right }) => cells("td", field.replaceAll("_", " "), left, right));
  return h("table", {}, h("thead", {}, cells("th", "differs", "left", "right")), h("tbody", {}, ...rows));
}

export class Versus {
  /** `differences` gives what differs in the settings: dicts of field, left, right. */
  constructor(model, view, redraw, differences = () => model.get("differences")) {
    Object.assign(this, { model, redraw, differences, timer: 0, how: { mode: model.get("mode"), wipe: 0.5, turn: 0 } });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.modes = toggles(view, "Compare", MODES, (name) => {
      model.set("mode", name);
      model.save_changes();
    });
    this.seam = h("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Seam, percent from the left" });
    this.flip = h("button", { type: "button", title: "Show the other run, and stop blinking" }, "Flip");
    this.list = h("div", { class: "ds-differences" });
    this.bar = h("div", { class: "ds-versus" }, this.modes.box, this.seam, this.flip);
    view.listen(this.seam, "input", () => this.wipe(this.seam.value / 100));
    view.listen(this.flip, "click", () => {
      this.rest();
      this.turn();
    });
    view.watch("mode", () => this.follow());
    view.watch("differences", () => this.write());
    view.undo(() => this.rest());
    this.write();
    this.take();
  }

  /** There are two runs, or no longer. */
  show(on) {
    this.bar.hidden = this.list.hidden = !on;
    if (on) this.take();
    else this.rest();
  }

  write() {
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
