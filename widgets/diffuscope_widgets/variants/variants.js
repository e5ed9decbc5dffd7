// synced: nothing; presses travel as messages.  local: pictures that are shown.
import { h } from "../base/dom.js";
import { alertBox, scope } from "../base/sync.js";
import { bitmapsOf, shut } from "../base/wire.js";
import { paintBitmap } from "../parts/pixels.js";

/** @typedef {import("../base/wire.js").VariantCell} VariantCell */
/** @typedef {import("../base/wire.js").VariantsTraits} VariantsTraits */
/** @typedef {{ live: boolean, ready: boolean, pixels: boolean }} State */

const ABOUT = "Four seeds at once: pick one, then go on from it.";

/**
 * What the buttons of a cell say to those who do not see the picture.
 * @param {number} place
 * @param {Pick<VariantCell, "label" | "larger">} cell
 */
export function namesOf(place, cell) {
  const which = `picture ${place + 1}, ${cell.label}`;
  const larger = cell.larger ? `Larger: ${which} with ${cell.larger} steps` : "";
  return { show: `Show ${which}`, larger, vary: `Vary ${which}` };
}

class VariantsView {
  turn = 0; // of loading: the newest counts
  idle = true; // nobody draws now
  hint = h("p", { class: "ds-about" }, ABOUT);
  four = h(
    "button",
    { type: "button", class: "ds-main", title: "Draw the form's recipe with four seeds in a row" },
    "Draw four",
  );
  legend = h("p", { class: "ds-about" }, "U draws a picture again with more steps. V draws four with nearby noise.");

  /**
   * @param {import("../base/sync.js").Model<VariantsTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "variants");
    this.cells = [0, 1, 2, 3].map((place) => this.cell(place));
    const boxes = this.cells.map((cell) => cell.box);
    this.grid = h("div", { class: "ds-sheet", role: "group", "aria-label": "Four pictures" }, ...boxes);
    const line = h("div", { class: "ds-line" }, this.four, this.hint);
    this.view.root.append(alertBox(model, this.view), line, this.grid, this.legend);
    this.view.listen(this.four, "click", () => model.send({ type: "four" }));
    this.view.together("frames meta ready", () => this.load());
    this.view.undo(() => {
      this.turn = Infinity;
    });
    this.load();
  }

  /** @param {number} place */
  cell(place) {
    const canvas = h("canvas", { width: 32, height: 32, "aria-hidden": "true" });
    const show = h("button", { type: "button", class: "ds-take" }, canvas);
    const label = h("p", { class: "ds-about" });
    const more = h("span");
    const larger = h("button", { type: "button" }, h("b", {}, `U${place + 1}`), more);
    const vary = h("button", { type: "button" }, h("b", {}, `V${place + 1}`), h("span", {}, "vary"));
    for (const [type, button] of Object.entries({ show, larger, vary })) {
      this.view.listen(button, "click", () => this.idle || this.model.send({ type, place }));
    }
    const line = h("div", { class: "ds-line" }, larger, vary);
    return { canvas, show, label, larger, more, vary, line, box: h("div", { class: "ds-cell" }, show, label, line) };
  }

  /** Decode what the traits hold; a newer call makes an older one void. */
  async load() {
    this.turn += 1;
    const { turn } = this;
    const { cells = [], offsets = [0], type = "", live = false } = this.model.get("meta");
    const bitmaps = await bitmapsOf({ type, offsets }, this.model.get("frames"));
    if (turn === this.turn) this.show(cells, bitmaps, live);
    shut(bitmaps);
  }

  /**
   * @param {VariantCell[]} cells
   * @param {ImageBitmap[]} bitmaps
   * @param {boolean} live a run is under way
   */
  show(cells, bitmaps, live) {
    const { title = "", pixels = false } = this.model.get("meta");
    const ready = this.model.get("ready");
    this.idle = live || !ready;
    this.four.hidden = !ready;
    this.hint.textContent = cells.length ? title : ABOUT;
    this.grid.hidden = cells.length === 0;
    this.legend.hidden = cells.length === 0 || !ready;
    this.cells.forEach((cell, place) => {
      cell.box.hidden = place >= cells.length;
      if (!cell.box.hidden) this.showCell(place, cells[place], bitmaps[place], { live, ready, pixels });
    });
  }

  /**
   * @param {number} place
   * @param {VariantCell} cell
   * @param {ImageBitmap} bitmap
   * @param {State} state
   */
  showCell(place, cell, bitmap, { live, ready, pixels }) {
    const { canvas, show, label, larger, more, vary, line } = this.cells[place];
    paintBitmap(canvas, bitmap);
    canvas.classList.toggle("ds-pixels", pixels);
    label.textContent = `${cell.label} · ${cell.detail}`;
    const names = namesOf(place, cell);
    for (const [button, name] of /** @type {const} */ ([
      [show, names.show],
      [larger, names.larger],
      [vary, names.vary],
    ])) {
      button.setAttribute("aria-label", name);
      button.title = name;
      button.setAttribute("aria-disabled", String(this.idle)); // `disabled` would take the keyboard's place away
    }
    line.hidden = !ready;
    larger.hidden = !live && !cell.larger;
    more.textContent = cell.larger ? `${cell.larger} steps` : "larger";
  }
}

/** @type {import("../base/sync.js").Render<VariantsTraits>} */
function render({ model, el }) {
  const variants = new VariantsView(model, el);
  return () => variants.view.end();
}

export default { render };
