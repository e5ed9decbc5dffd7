// synced: rows, columns, page, filter, picked, mode.  by message: ratings.
// local: camera, cursor, bitmaps, marks on their way.
import { h, icon, uid } from "../base/dom.js";
import { alertBox, scope, write } from "../base/sync.js";
import { toggles } from "../parts/controls/toggles.js";
import { hint } from "../parts/figure.js";
import { Axes, plainly } from "./axes.js";
import { Details } from "./details.js";
import { layOut } from "./map/layout.js";
import { GridMap } from "./map/map.js";
import { Pictures } from "./map/pictures.js";
import { NextGrid } from "./next.js";

/** @typedef {import("../base/wire.js").CellMeta} CellMeta */
/** @typedef {import("../base/wire.js").GridTraits} GridTraits */
/** @typedef {import("../base/wire.js").Mark} Mark */
/** @typedef {import("./map/canvas.js").Rating} Rating */

const KEYS =
  "Drag or scroll to move, Ctrl-scroll to zoom. Keys: arrows, Enter picks, C compares, S stars, X rejects, " +
  "+ − 0 zoom, Page Up and Page Down turn pages.";

/**
 * Keys of all cells, each once: cells with one picture share it.
 * @param {Pick<CellMeta, "key">[]} cells
 */
export const keysOf = (cells) => [...new Set(cells.map(({ key }) => key))];

/**
 * What stands below the grid: "64 cells · 12 finished · 3 starred".
 * @param {string[]} keys
 * @param {number} done
 * @param {(key: string) => Rating} mark
 */
export function summary(keys, done, mark) {
  /** @param {Mark} rating */
  const count = (rating) => keys.filter((key) => mark(key) === rating).length;
  const parts = [`${keys.length.toLocaleString("en")} cell${keys.length === 1 ? "" : "s"}`];
  if (done < keys.length) parts.push(`${done.toLocaleString("en")} finished`);
  if (count("star")) parts.push(`${count("star")} starred`);
  if (count("reject")) parts.push(`${count("reject")} rejected`);
  return parts.join(" · ");
}

/**
 * The values of a cell in words: "seed 3 · guidance 7".
 * @param {import("../base/wire.js").AxisMeta[]} axes
 * @param {Pick<CellMeta, "place">} cell
 */
export const valuesOf = (axes, { place }) =>
  axes.map(({ name, labels }, i) => `${plainly(name)} ${labels[place[i]]}`).join(" · ");

/**
 * What is picked after a click on a cell: it alone, or beside the first one.
 * @param {string[]} picked
 * @param {string} key
 * @param {boolean} also
 */
export function pickedWith(picked, key, also) {
  if (!also || !picked.length) return [key];
  return picked[0] === key ? picked : [picked[0], key];
}

class GridView {
  /** Marks that Python has not answered yet. @type {Map<string, Mark | null>} */
  pending = new Map();
  counts = h("p", { class: "ds-counts", role: "status" });
  bar = h("progress", { max: 1, value: 0, "aria-label": "Cells finished" });
  run = h("button", { type: "button", class: "ds-run" });
  spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  hint = hint("No grid yet", "Its pictures will stand here as they are made.");

  /**
   * @param {import("../base/sync.js").Model<GridTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    const view = scope(model, el, "grid");
    this.view = view;
    this.pictures = new Pictures(model, view, () => this.arrived());
    this.axes = new Axes(view, (change) => write(model, change));
    this.filters = toggles(view, "Show", model.get("filters"), (filter) => write(model, { filter }));
    this.next = new NextGrid(model, view, () => keysOf(this.cells).filter((key) => this.mark(key) === "star"));
    const keys = h("p", { id: uid(), class: "ds-keys" }, KEYS);
    this.map = new GridMap(view, this.pictures, (key) => this.mark(key), keys.id, {
      pick: (cell, also) => this.choose(cell, also),
      rate: (cell, mark) => this.rate(cell, mark),
      page: (by) => this.axes.page(by),
      words: (cell) => this.words(cell),
      cursor: (cell) => this.speak(cell),
    });
    this.details = new Details(model, view, this.pictures, {
      rate: (cell, mark) => this.rate(cell, mark),
      close: () => this.choose(null, false),
    });
    const tools = h("div", { class: "ds-tools" }, this.filters.box, this.map.parts.zoom);
    const foot = h("div", { class: "ds-foot" }, this.counts, this.bar, this.run, this.next.button);
    const left = h("div", { class: "ds-left" }, tools, this.map.parts.box, foot, keys, this.next.box);
    this.body = h("div", { class: "ds-body" }, left, this.details.box);
    view.root.append(alertBox(model, view), this.hint, this.axes.box, this.body, this.spoken);
    this.listen();
    this.pictures.load();
    this.arrange();
    this.pick();
  }

  listen() {
    const { view, model } = this;
    view.listen(this.run, "click", () => model.send({ type: model.get("run").running ? "stop" : "start" }));
    view.together("plan rows columns page filter", () => this.arrange());
    view.together("plan picked", () => this.pick());
    view.watch("ratings error", () => this.answered());
    view.watch("run", () => this.count());
  }

  get cells() {
    return this.model.get("plan").cells ?? [];
  }

  /**
   * @param {string} key
   * @returns {Rating}
   */
  mark(key) {
    return this.pending.has(key) ? this.pending.get(key) : this.model.get("ratings")[key];
  }

  /**
   * Whether a cell passes the filter; null lets all pass.
   * @param {string} filter
   */
  passes(filter) {
    /** @type {Record<string, (cell: CellMeta) => boolean>} */
    const filters = {
      starred: ({ key }) => this.mark(key) === "star",
      kept: ({ key }) => this.mark(key) !== "reject",
      rejected: ({ key }) => this.mark(key) === "reject",
      unfinished: ({ key }) => !this.pictures.tile(key),
    };
    return filters[filter] ?? null;
  }

  /** Another grid, page or filter; other axes; or other cells pass the filter. */
  arrange() {
    const { model, map } = this;
    const plan = model.get("plan");
    this.hint.hidden = Boolean(plan.cells);
    this.axes.box.hidden = this.body.hidden = !plan.cells;
    if (!plan.cells) return;
    const [rows, columns, page] = [model.get("rows"), model.get("columns"), model.get("page")];
    const filter = model.get("filter");
    const [right, down] = [columns, rows].map((names) => names.map(plainly).join(", "));
    const none =
      filter === "all" ? "No cells on this page." : `Nothing here is ${filter === "kept" ? "left" : filter}.`;
    this.axes.set(plan.axes, { rows, columns, page });
    this.filters.set([filter]);
    map.canvas.setAttribute("aria-label", `${down || "one row"} by ${right || "one column"}`);
    const layout = layOut(plan, { rows, columns, page }, this.passes(filter));
    map.show(plan, layout, [right && `${right}\u00a0→`, down && `${down}\u00a0↓`], none);
    this.count();
  }

  /** Thumbs have come. */
  arrived() {
    if (this.model.get("filter") === "unfinished") this.arrange();
    this.count();
    this.map.repaint();
    this.details.arrived();
  }

  // -- marks

  /**
   * @param {CellMeta} cell
   * @param {Mark} pressed
   */
  rate(cell, pressed) {
    const mark = this.mark(cell.key) === pressed ? null : pressed;
    this.pending.set(cell.key, mark);
    if (!this.model.saved) this.model.send({ type: "rate", key: cell.key, mark });
    this.marked();
    this.speak(cell);
  }

  /** Python has taken a mark, or refused it. A saved page has only its own. */
  answered() {
    if (!this.model.saved) this.pending.clear();
    this.marked();
  }

  marked() {
    if (["all", "unfinished"].includes(this.model.get("filter"))) this.map.repaint();
    else this.arrange();
    this.count();
    this.details.mark((key) => this.mark(key));
  }

  // -- picks

  /**
   * @param {CellMeta | null} cell
   * @param {boolean} also
   */
  choose(cell, also) {
    const before = this.model.get("picked");
    write(this.model, { picked: cell ? pickedWith(before, cell.key, also || this.details.waits) : [] });
  }

  pick() {
    const plan = this.model.get("plan");
    const byKey = new Map(this.cells.map((cell) => [cell.key, cell]));
    const cells = this.model
      .get("picked")
      .map((key) => byKey.get(key))
      .filter((cell) => cell !== undefined);
    this.map.picked = cells.map(({ key }) => key);
    this.map.redraw();
    if (plan.cells) this.details.show(plan, cells);
    this.details.mark((key) => this.mark(key));
  }

  // -- words

  /** @param {CellMeta} cell */
  words(cell) {
    const plan = this.model.get("plan");
    return plan.cells ? valuesOf(plan.axes, cell) : "";
  }

  /** @param {CellMeta | undefined} cell */
  speak(cell) {
    if (!cell) return;
    const mark = this.mark(cell.key);
    const rated = mark ? { star: ", starred", reject: ", rejected" }[mark] : "";
    const state = this.pictures.tile(cell.key) ? rated : ", not finished";
    this.spoken.textContent = `${this.words(cell)}${state}`;
  }

  count() {
    const keys = keysOf(this.cells);
    const done = keys.filter((key) => this.pictures.tile(key)).length;
    const { ready, running } = this.model.get("run");
    const text = `${summary(keys, done, (key) => this.mark(key))}${running && done < keys.length ? " · working" : ""}`;
    if (this.counts.textContent !== text) this.counts.textContent = text;
    this.bar.value = keys.length ? done / keys.length : 0;
    this.bar.hidden = done === keys.length;
    this.run.hidden = !ready || this.model.saved === true || (done === keys.length && !running);
    this.run.classList.toggle("ds-main", !running);
    const label = running ? "Stop" : `Make the other ${(keys.length - done).toLocaleString("en")}`;
    this.run.replaceChildren(icon(running ? "stop" : "play"), label);
    this.next.recount();
  }
}

/** @type {import("../base/sync.js").Render<GridTraits>} */
function render({ model, el }) {
  const grid = new GridView(model, el);
  return () => grid.view.end();
}

export default { render };
