// Beside the map: the picked cell large, with its film and settings; or two, compared.
import { h, icon, setSlider } from "../base/dom.js";
import { penOf } from "../parts/pixels.js";
import { CompareControls } from "../parts/rows/compare_controls.js";
import { Row } from "../parts/rows/row.js";
import { framesIn } from "./map/pictures.js";

/** @typedef {import("../base/wire.js").CellMeta} CellMeta */
/** @typedef {import("../base/wire.js").PlanMeta} PlanMeta */
/** @typedef {import("../base/wire.js").Texts} Texts */
/** @typedef {import("../base/wire.js").Mark} Mark */
/** @typedef {{ rate: (cell: CellMeta, mark: Mark) => void, close: () => void }} Acts */

/**
 * What differs in the settings of two cells.
 * @param {Texts} common
 * @param {Pick<CellMeta, "changed">} one
 * @param {Pick<CellMeta, "changed">} other
 */
export function differ(common, one, other) {
  return Object.keys(common)
    .map((field) => ({
      field,
      left: one.changed[field] ?? common[field],
      right: other.changed[field] ?? common[field],
    }))
    .filter(({ left, right }) => left !== right);
}

/**
 * The settings of a cell worth a line: the usual ones, and what it has otherwise than others.
 * @param {Pick<PlanMeta, "common" | "usual">} plan
 * @param {Pick<CellMeta, "changed">} cell
 */
export function worthALine({ common, usual }, cell) {
  const names = Object.keys(common).filter(
    (name) => (usual.includes(name) && common[name] !== "none") || name in cell.changed,
  );
  return names.map((name) => [name.replaceAll("_", " "), cell.changed[name] ?? common[name]]);
}

function build() {
  const about = "Click one to see it large, with its film and settings. Shift-click another to compare the two.";
  const hint = h("div", { class: "ds-hint" }, h("b", {}, "No picture picked"), h("p", {}, about));
  const range = h("input", { type: "range", min: 0, step: 1, "aria-label": "Frame of the film" });
  const where = h("output", { class: "ds-soft" });
  const film = h("div", { class: "ds-film-line" }, range, where);
  /** @param {"star" | "cross"} name @param {string} label @param {string} title */
  const button = (name, label, title) =>
    h("button", { type: "button", title, "aria-pressed": "false" }, icon(name), label);
  const star = button("star", "Star", "Keep it for the next grid (S)");
  const reject = button("cross", "Reject", "Out of the way (X)");
  const title = "The next cell that is picked stands beside this one (C, or Shift-click)";
  const wait = h("button", { type: "button", title, "aria-pressed": "false" }, "Compare");
  const close = h("button", { type: "button", title: "Pick none (Escape)" }, "Close");
  const table = h("table", { class: "ds-settings" });
  const buttons = h("div", { class: "ds-line" }, star, reject, wait, close);
  return { hint, range, where, film, star, reject, wait, close, table, buttons, rows: h("div", { class: "ds-rows" }) };
}

export class Details {
  parts = build();
  turn = 0; // of showing: the newest counts
  finished = true; // all that is picked
  /** @type {CellMeta[]} */
  cells = [];
  /** @type {Texts} */
  common = {};
  /** @type {string[]} */
  usual = [];
  /** @type {PlanMeta | null} */
  plan = null;
  /** @type {(ImageBitmap | null)[]} */
  films = [];
  /** @type {(ImageBitmap | null)[]} */
  larges = [];
  cuts = [h("canvas"), h("canvas")];
  frame = 0;
  count = 0; // frames of the film
  /** @type {Row | null} */
  row = null;

  /**
   * @param {import("../base/sync.js").Model<import("../base/wire.js").GridTraits>} model
   * @param {import("../base/sync.js").View} view
   * @param {import("./map/pictures.js").Pictures} pictures
   * @param {Acts} act
   */
  constructor(model, view, pictures, act) {
    this.view = view;
    this.pictures = pictures;
    this.compare = new CompareControls(
      model,
      view,
      () => this.draw(),
      () => (this.cells.length > 1 ? differ(this.common, this.cells[0], this.cells[1]) : []),
    );
    const { hint, range, film, star, reject, wait, close, table, buttons, rows } = this.parts;
    const inside = [hint, this.compare.bar, rows, film, buttons, table, this.compare.list];
    this.box = h("div", { class: "ds-side", role: "group", "aria-label": "Picked" }, ...inside);
    view.listen(range, "input", () => this.go(Number(range.value)));
    view.listen(star, "click", () => act.rate(this.last, "star"));
    view.listen(reject, "click", () => act.rate(this.last, "reject"));
    view.listen(close, "click", () => act.close());
    view.listen(wait, "click", () => this.await(!this.waits));
    view.undo(() => {
      this.turn = Infinity;
    });
    this.compare.show(false);
  }

  /** The cell that was picked last. */
  get last() {
    return this.cells[this.cells.length - 1];
  }

  /** Whether the next cell picked is to be compared with this one. */
  get waits() {
    return this.parts.wait.getAttribute("aria-pressed") === "true";
  }

  /** @param {boolean} on */
  await(on) {
    this.parts.wait.setAttribute("aria-pressed", String(on));
    this.parts.wait.textContent = on ? "Pick the other" : "Compare";
  }

  /** Thumbs have come, perhaps of what is shown. */
  arrived() {
    if (this.plan && this.cells.length && !this.finished) this.show(this.plan, this.cells);
  }

  /**
   * Show one or two cells, or none.
   * @param {PlanMeta} plan
   * @param {CellMeta[]} cells
   */
  show(plan, cells) {
    this.turn += 1;
    const finished = cells.every(({ key }) => this.pictures.tile(key));
    const { hint, rows, buttons, film, table } = this.parts;
    Object.assign(this, { plan, cells, finished, common: plan.common, usual: plan.usual, films: [], larges: [] });
    this.await(false);
    hint.hidden = cells.length > 0;
    rows.hidden = buttons.hidden = !cells.length;
    film.hidden = true;
    this.compare.show(cells.length > 1 && finished);
    this.compare.writeDifferences();
    table.hidden = cells.length !== 1;
    if (cells.length) this.listSettings(cells[0]);
    rows.replaceChildren(...(finished ? [] : [h("p", { class: "ds-soft" }, "Not finished yet.")]));
    if (!cells.length || !finished) return;
    this.build(plan, cells);
    this.draw();
    this.fetch(cells);
  }

  /**
   * Ask for the large pictures and the films.
   * @param {CellMeta[]} cells
   */
  fetch(cells) {
    const { turn, pictures } = this;
    /** @param {"film" | "picture"} what @param {(found: (ImageBitmap | null)[]) => void} put */
    const want = async (what, put) => {
      const found = await Promise.all(cells.map(({ key }) => pictures.want(key, what)));
      if (turn === this.turn) put(found);
    };
    want("picture", (found) => {
      this.larges = found;
      this.draw();
    });
    want("film", (found) => {
      this.films = found;
      this.offer();
    });
  }

  /**
   * The row, as large as the larger picture. It stays (enlarged, say) while that keeps its size.
   * @param {PlanMeta} plan
   * @param {CellMeta[]} cells
   */
  build({ pixels }, cells) {
    const [width, height] = [0, 1].map((side) => Math.max(...cells.map(({ size }) => size[side])));
    const before = this.row?.about;
    if (!this.row || before?.width !== width || before.height !== height || before.pixels !== pixels) {
      const about = { symbol: "x₀", label: "the picture", width, height, pixels, white: null };
      this.row = new Row(this.view, about, (share) => this.compare.wipe(share));
    }
    this.parts.rows.append(this.row.box);
  }

  /** @param {CellMeta} cell */
  listSettings(cell) {
    const lines = worthALine({ common: this.common, usual: this.usual }, cell).map(([name, text]) =>
      h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text)),
    );
    const caption = h("caption", { class: "ds-spoken" }, "Settings");
    this.parts.table.replaceChildren(caption, h("tbody", {}, ...lines));
  }

  /** @param {(key: string) => import("./map/canvas.js").Rating} rating */
  mark(rating) {
    const mine = this.cells.length ? rating(this.last.key) : null;
    this.parts.star.setAttribute("aria-pressed", String(mine === "star"));
    this.parts.reject.setAttribute("aria-pressed", String(mine === "reject"));
  }

  /** The films have come: a slider, which begins at the finished picture. */
  offer() {
    const counts = this.films.map((film, i) => (film ? framesIn(film, this.cells[i].size) : 0));
    this.count = counts.every(Boolean) ? Math.max(...counts) : 0;
    this.parts.film.hidden = this.count < 2;
    this.parts.range.max = String(this.count); // one more than frames: the finished picture
    this.go(this.count);
  }

  /** @param {number} frame */
  go(frame) {
    const { range, where } = this.parts;
    this.frame = frame;
    setSlider(range, frame);
    const text = frame >= this.count ? "finished" : `x₀, frame ${frame + 1} of ${this.count}`;
    where.textContent = text;
    range.setAttribute("aria-valuetext", text);
    this.draw();
  }

  /**
   * What a cell looks like now: a frame of its film, else its picture, else its thumb.
   * @param {CellMeta} cell
   * @param {number} i
   * @returns {import("../parts/rows/compare_draw.js").Picture | null}
   */
  look({ key, size }, i) {
    const film = this.films[i];
    if (film && !this.parts.film.hidden && this.frame < this.count) {
      const frames = framesIn(film, size);
      const wide = film.width / frames;
      const left = Math.round(Math.min(this.frame, frames - 1) * wide);
      return this.cut(film, [left, 0, Math.round(wide), film.height], i);
    }
    const tile = this.pictures.tile(key);
    return this.larges[i] ?? (tile && this.cut(tile.bitmap, tile.rect, i));
  }

  /**
   * A part of a bitmap as a picture of its own.
   * @param {ImageBitmap} bitmap
   * @param {import("../base/wire.js").Rect} rect
   * @param {number} i
   */
  cut(bitmap, [x, y, width, height], i) {
    const canvas = Object.assign(this.cuts[i], { width, height });
    penOf(canvas).drawImage(bitmap, x, y, width, height, 0, 0, width, height);
    return canvas;
  }

  draw() {
    const { cells, row, parts } = this;
    const found = cells.map((cell, i) => this.look(cell, i)).filter((picture) => picture !== null);
    if (!row || !cells.length || found.length < cells.length) return;
    const looks = found.map((first) => ({ first, second: null, share: 0 }));
    const where = parts.film.hidden ? "finished" : (parts.where.textContent ?? "");
    row.draw(looks, this.compare.how, where, this.last.changed.prompt ?? this.common.prompt);
  }
}
