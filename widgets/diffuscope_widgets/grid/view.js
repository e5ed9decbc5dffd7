// synced: rows, columns, page, filter, picked, mode.  by message: ratings.  local: camera, cursor, bitmaps, marks on their way.

import { alertBox, h, icon, scope, toggles, uid } from "../base/dom.js";
import { Axes, plainly } from "./axes.js";
import { Side } from "./details.js";
import { layOut } from "./map/layout.js";
import { GridMap } from "./map/map.js";
import { Pictures } from "./map/pictures.js";
import { NextGrid } from "./next.js";

const FILTERS = [
  { name: "all", label: "All", about: "Every cell" },
  { name: "starred", label: "Starred", about: "Only starred cells; rows and columns without any go" },
  { name: "kept", label: "Not rejected", about: "All but the rejected cells" },
  { name: "rejected", label: "Rejected", about: "Only rejected cells" },
  { name: "unfinished", label: "Unfinished", about: "What is still to come" },
];
const KEYS =
  "Drag or scroll to move, Ctrl-scroll to zoom. Keys: arrows, Enter picks, C compares, S stars, X rejects, + − 0 zoom, Page Up and Page Down turn pages.";

/** Keys of all cells, each once: cells with one picture share it. */
export const keysOf = (cells) => [...new Set(cells.map(({ key }) => key))];

/** What stands below the grid: "64 cells · 12 finished · 3 starred". */
export function summary(keys, done, mark) {
  const count = (rating) => keys.filter((key) => mark(key) === rating).length;
  const parts = [`${keys.length.toLocaleString("en")} cell${keys.length === 1 ? "" : "s"}`];
  if (done < keys.length) parts.push(`${done.toLocaleString("en")} finished`);
  if (count("star")) parts.push(`${count("star")} starred`);
  if (count("reject")) parts.push(`${count("reject")} rejected`);
  return parts.join(" · ");
}

/** The values of a cell in words: "seed 3 · guidance 7". */
export const valuesOf = ({ axes }, { place }) =>
  axes.map(({ name, labels }, i) => `${plainly(name)} ${labels[place[i]]}`).join(" · ");

/** What is picked after a click on a cell: it alone, or `also`: beside the first one. */
export function pickedWith(picked, key, also) {
  if (!also || !picked.length) return [key];
  return picked[0] === key ? picked : [picked[0], key];
}

class Grid {
  constructor(model, el) {
    this.model = model;
    const view = (this.view = scope(model, el, "grid"));
    this.pending = new Map(); // marks that Python has not answered yet
    this.pictures = new Pictures(model, view, () => this.arrived());
    this.axes = new Axes(view, (change) => this.write(change));
    this.filters = toggles(view, "Show", FILTERS, (filter) => this.write({ filter }));
    this.next = new NextGrid(model, view, () => keysOf(this.cells).filter((key) => this.mark(key) === "star"));
    const keys = h("p", { id: uid(), class: "ds-keys" }, KEYS);
    this.map = new GridMap(view, this.pictures, (key) => this.mark(key), keys.id, {
      pick: (cell, also) => this.choose(cell, also),
      rate: (cell, mark) => this.rate(cell, mark),
      page: (by) => this.axes.page(by),
      words: (cell) => valuesOf(model.get("plan"), cell),
      told: (cell) => this.tell(cell),
    });
    this.side = new Side(model, view, this.pictures, {
      rate: (cell, mark) => this.rate(cell, mark),
      close: () => this.choose(null),
    });
    this.counts = h("p", { class: "ds-counts", role: "status" });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": "Cells finished" });
    this.run = h("button", { type: "button", class: "ds-run" });
    this.spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
    const tools = h("div", { class: "ds-tools" }, this.filters.box, this.map.zoomBar);
    const foot = h("div", { class: "ds-foot" }, this.counts, this.bar, this.run, this.next.button);
    const left = h("div", { class: "ds-left" }, tools, this.map.box, foot, keys, this.next.box);
    this.body = h("div", { class: "ds-body" }, left, this.side.box);
    this.hint = h(
      "p",
      { class: "ds-hint" },
      h("b", {}, "No grid yet"),
      "Its pictures will stand here as they are made.",
    );
    view.root.append(alertBox(model, view), this.hint, this.axes.box, this.body, this.spoken);
    view.listen(this.run, "click", () => model.send({ type: model.get("run").running ? "stop" : "start" }));
    view.together("plan rows columns page filter", () => this.arrange());
    view.together("plan picked", () => this.pick());
    view.watch("ratings error", () => this.answered());
    view.watch("run", () => this.count());
    this.pictures.load();
    this.arrange();
    this.pick();
  }

  get cells() {
    return this.model.get("plan").cells ?? [];
  }

  mark(key) {
    return this.pending.has(key) ? this.pending.get(key) : this.model.get("ratings")[key];
  }

  write(change) {
    for (const [name, value] of Object.entries(change)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** Another grid, page or filter; other axes; or other cells pass the filter. */
  arrange() {
    const { model, map } = this;
    const plan = model.get("plan");
    const empty = !plan.cells;
    this.hint.hidden = !empty;
    this.axes.box.hidden = this.body.hidden = empty;
    if (empty) return;
    const [rows, columns, page, filter] = ["rows", "columns", "page", "filter"].map((name) => model.get(name));
    const passes = {
      starred: ({ key }) => this.mark(key) === "star",
      kept: ({ key }) => this.mark(key) !== "reject",
      rejected: ({ key }) => this.mark(key) === "reject",
      unfinished: ({ key }) => !this.pictures.tile(key),
    };
    const said = [columns, rows].map((names) => names.map(plainly).join(", "));
    const none =
      filter === "all" ? "No cells on this page." : `Nothing here is ${filter === "kept" ? "left" : filter}.`;
    this.axes.set(plan.axes, { rows, columns, page });
    this.filters.set([filter]);
    map.canvas.setAttribute("aria-label", `${said[1] || "one row"} by ${said[0] || "one column"}`);
    map.show(
      plan,
      layOut(plan, { rows, columns, page }, passes[filter]),
      said.map((text, i) => text && `${text}\u00a0${"→↓"[i]}`),
      none,
    );
    this.count();
  }

  /** Thumbs have come. */
  arrived() {
    if (this.model.get("filter") === "unfinished") this.arrange();
    this.count();
    this.map.repaint();
    this.side.arrived();
  }

  // -- marks

  rate(cell, wanted) {
    const mark = this.mark(cell.key) === wanted ? null : wanted;
    this.pending.set(cell.key, mark);
    if (!this.model.saved) this.model.send({ type: "rate", key: cell.key, mark });
    this.marked();
    this.tell(cell);
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
    this.side.mark((key) => this.mark(key));
  }

  // -- picks

  choose(cell, also) {
    if (!cell) return this.write({ picked: [] });
    const picked = pickedWith(this.model.get("picked"), cell.key, also || this.side.waits);
    return this.write({ picked });
  }

  pick() {
    const byKey = new Map(this.cells.map((cell) => [cell.key, cell]));
    const cells = this.model
      .get("picked")
      .map((key) => byKey.get(key))
      .filter(Boolean);
    this.map.picked = cells.map(({ key }) => key);
    this.map.redraw();
    this.side.show(this.model.get("plan"), cells);
    this.side.mark((key) => this.mark(key));
  }

  // -- words

  tell(cell) {
    if (!cell) return;
    const state = this.pictures.tile(cell.key)
      ? ({ star: ", starred", reject: ", rejected" }[this.mark(cell.key)] ?? "")
      : ", not finished";
    this.spoken.textContent = `${valuesOf(this.model.get("plan"), cell)}${state}`;
  }

  count() {
    const keys = keysOf(this.cells);
    const done = keys.filter((key) => this.pictures.tile(key)).length;
    const { ready, running } = this.model.get("run");
    const text = summary(keys, done, (key) => this.mark(key));
    if (this.counts.textContent !== text) this.counts.textContent = text;
    this.bar.value = keys.length ? done / keys.length : 0;
    this.bar.hidden = done === keys.length;
    this.run.hidden = !ready || this.model.saved || (done === keys.length && !running);
    this.run.classList.toggle("ds-main", !running);
    this.run.replaceChildren(
      icon(running ? "stop" : "play"),
      running ? "Stop" : `Make the other ${(keys.length - done).toLocaleString("en")}`,
    );
    this.next.count();
  }
}

function render({ model, el }) {
  const grid = new Grid(model, el);
  return () => grid.view.end();
}

export default { render };
