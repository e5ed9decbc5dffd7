// From stars to the next grid: Python that makes it, to be copied into a cell.
import { h, icon } from "../base/dom.js";

/** What a saved page can tell: which cells are starred, for the notebook it came from. */
export const starCode = (keys) => `view.star(${keys.map((key) => JSON.stringify(key)).join(", ")})`;

export class NextGrid {
  /** `starred` gives the keys of the starred cells. */
  constructor(model, view, starred) {
    Object.assign(this, { model, starred });
    this.button = h(
      "button",
      { type: "button", title: "A grid of the starred cells, to be varied further" },
      icon("star"),
      h("span", {}, "Next grid"),
    );
    this.about = h("p", { class: "ds-soft" });
    this.code = h("pre", { tabindex: 0, role: "region", "aria-label": "Python" });
    this.copy = h("button", { type: "button" }, "Copy");
    this.close = h("button", { type: "button" }, "Close");
    this.box = h(
      "div",
      { class: "ds-next", hidden: true },
      h("div", { class: "ds-line" }, this.about, this.copy, this.close),
      this.code,
    );
    view.listen(this.button, "click", () => this.ask());
    view.listen(this.copy, "click", () => this.take());
    view.listen(this.close, "click", () => (this.box.hidden = true));
    const receive = ({ type, code }) =>
      type === "next" &&
      this.asked &&
      this.show("The starred cells as a grid. Add what to vary, and run it in a cell:", code);
    model.on("msg:custom", receive);
    view.undo(() => model.off("msg:custom", receive));
  }

  count() {
    const n = this.starred().length;
    this.button.disabled = n === 0;
    this.button.lastChild.textContent = n ? `Next grid of ${n}` : "Next grid";
  }

  ask() {
    if (this.model.saved)
      return this.show(
        "Run this in the notebook this page came from, after view = GridView(…):",
        starCode(this.starred()),
      );
    this.asked = true;
    return this.model.send({ type: "next" });
  }

  show(about, code) {
    this.asked = false;
    this.about.textContent = about;
    this.code.textContent = code;
    this.copy.textContent = "Copy";
    this.box.hidden = false;
    this.box.scrollIntoView({ block: "nearest" }); // below a large grid nobody would see that it has come
  }

  async take() {
    try {
      await navigator.clipboard.writeText(this.code.textContent);
      this.copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(this.code); // a page from disk may not write there: Ctrl+C does
      this.copy.textContent = "Press Ctrl+C";
    }
  }
}
