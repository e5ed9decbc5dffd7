// From stars to the next grid: Python that makes it, to be copied into a cell.
import { h, icon } from "../base/dom.js";
import { copyText } from "../parts/controls/copy.js";

/**
 * What a saved page knows: which cells are starred, for the notebook it came from.
 * @param {string[]} keys
 */
export const starCode = (keys) => `view.star(${keys.map((key) => JSON.stringify(key)).join(", ")})`;

export class NextGrid {
  asked = false;
  count = h("span", {}, "Next grid");
  button = h(
    "button",
    { type: "button", title: "A grid of the starred cells, to be varied further" },
    icon("star"),
    this.count,
  );
  about = h("p", { class: "ds-soft" });
  code = h("pre", { tabindex: 0, role: "region", "aria-label": "Python" });
  copy = h("button", { type: "button" }, "Copy");
  close = h("button", { type: "button" }, "Close");
  box = h(
    "div",
    { class: "ds-next", hidden: true },
    h("div", { class: "ds-line" }, this.about, this.copy, this.close),
    this.code,
  );

  /**
   * @param {import("../base/sync.js").Model<any>} model
   * @param {import("../base/sync.js").View} view
   * @param {() => string[]} starred gives the keys of the starred cells
   */
  constructor(model, view, starred) {
    this.model = model;
    this.starred = starred;
    view.listen(this.button, "click", () => this.ask());
    view.listen(this.copy, "click", () => this.take());
    view.listen(this.close, "click", () => {
      this.box.hidden = true;
    });
    view.hear("next", ({ code }) => {
      if (this.asked) this.show("The starred cells as a grid. Add what to vary, and run it in a cell:", code);
    });
  }

  /** The number of stars has changed. */
  recount() {
    const n = this.starred().length;
    this.button.disabled = n === 0;
    this.count.textContent = n ? `Next grid of ${n}` : "Next grid";
  }

  ask() {
    if (this.model.saved) {
      const about = "Run this in the notebook this page came from, after view = GridView(…):";
      return this.show(about, starCode(this.starred()));
    }
    this.asked = true;
    this.model.send({ type: "next" });
  }

  /**
   * @param {string} about
   * @param {string} code
   */
  show(about, code) {
    this.asked = false;
    this.about.textContent = about;
    this.code.textContent = code;
    this.copy.textContent = "Copy";
    this.box.hidden = false;
    this.box.scrollIntoView({ block: "nearest" }); // below a large grid nobody would see that it has come
  }

  async take() {
    if (await copyText(this.code.textContent ?? "")) {
      this.copy.textContent = "Copied";
      return;
    }
    getSelection()?.selectAllChildren(this.code);
    this.copy.textContent = "Press Ctrl+C";
  }
}
