// Which axis leads where: one choice an axis, and for those that turn pages, which page.
import { h, icon } from "../base/dom.js";

/** @typedef {import("../base/wire.js").AxisMeta} AxisMeta */
/** @typedef {import("../base/wire.js").Arrangement} Arrangement */
/** @typedef {"rows" | "columns" | "page"} Way */

/** @type {[Way, string][]} */
const WAYS = [
  ["rows", "down"],
  ["columns", "right"],
  ["page", "pages"],
];

/**
 * Rows and columns when an axis is sent another way.
 * @param {Pick<Arrangement, "rows" | "columns">} now
 * @param {string} name
 * @param {Way} way
 */
export function sent({ rows, columns }, name, way) {
  /** @param {string[]} names */
  const without = (names) => names.filter((one) => one !== name);
  const next = { rows: without(rows), columns: without(columns) };
  if (way !== "page") next[way].push(name);
  return next;
}

/**
 * "guidance_scale" as people say it.
 * @param {string} name
 */
export const plainly = (name) => name.replaceAll("_", " ");

/**
 * Which way an axis leads.
 * @param {Pick<Arrangement, "rows" | "columns">} now
 * @param {string} name
 * @returns {Way}
 */
export const wayOf = ({ rows, columns }, name) =>
  rows.includes(name) ? "rows" : columns.includes(name) ? "columns" : "page";

export class Axes {
  /** @type {ReturnType<Axes["control"]>[]} */
  controls = [];
  /** @type {AxisMeta[] | null} */
  axes = null;
  /** @type {Arrangement} */
  now = { rows: [], columns: [], page: {} };
  swap = h(
    "button",
    { type: "button", class: "ds-swap", title: "Rows become columns, columns become rows" },
    icon("swap"),
    "Swap",
  );
  box = h("div", { class: "ds-axis-list", role: "group", "aria-label": "Axes" });

  /**
   * @param {import("../base/sync.js").View} view
   * @param {(change: Partial<Arrangement>) => void} change
   */
  constructor(view, change) {
    this.view = view;
    this.change = change;
    view.listen(this.swap, "click", () => change({ rows: this.now.columns, columns: this.now.rows }));
  }

  /**
   * Show where the axes lead.
   * @param {AxisMeta[]} axes
   * @param {Arrangement} now
   */
  set(axes, now) {
    this.now = now;
    if (axes !== this.axes) this.build(axes);
    for (const { name, way, value, turn, labels } of this.controls) {
      way.value = wayOf(now, name);
      turn.hidden = way.value !== "page";
      value.value = String(Math.min(now.page[name] ?? 0, labels.length - 1));
    }
    this.swap.hidden = axes.length < 2;
  }

  /** @param {AxisMeta[]} axes */
  build(axes) {
    this.axes = axes;
    this.controls = axes.map((axis) => this.control(axis));
    this.box.replaceChildren(...this.controls.map(({ box }) => box), this.swap);
  }

  /** @param {AxisMeta} axis */
  control({ name, labels }) {
    const plain = plainly(name);
    const ways = WAYS.map(([value, text]) => h("option", { value }, text));
    const way = h("select", { "aria-label": `${plain} leads` }, ...ways);
    const pages = labels.map((text, i) => h("option", { value: i }, text));
    const value = h("select", { class: "ds-value", "aria-label": `${plain}, page` }, ...pages);
    /** @param {string} sign @param {string} word */
    const button = (sign, word) => h("button", { type: "button", "aria-label": `${plain}, page ${word}` }, sign);
    const [before, after] = [button("‹", "before"), button("›", "after")];
    const turn = h("span", { class: "ds-turn" }, before, value, after);
    /** @param {number} to */
    const go = (to) => this.change({ page: { ...this.now.page, [name]: (to + labels.length) % labels.length } });
    this.view.listen(way, "change", () => this.change(sent(this.now, name, /** @type {Way} */ (way.value))));
    this.view.listen(value, "change", () => go(Number(value.value)));
    this.view.listen(before, "click", () => go(Number(value.value) - 1));
    this.view.listen(after, "click", () => go(Number(value.value) + 1));
    const count = h("span", { class: "ds-soft" }, String(labels.length));
    const box = h("span", { class: "ds-axis" }, h("b", {}, plain), count, way, turn);
    return { name, labels, way, value, turn, box, go };
  }

  /**
   * Turn the first of the axes that have pages; whether there is one.
   * @param {number} by
   */
  page(by) {
    const one = this.controls.find(({ turn }) => !turn.hidden);
    one?.go(Number(one.value.value) + by);
    return one !== undefined;
  }
}
