// Which axis leads where: one choice an axis, and for those that turn pages, which page.
import { h, icon } from "../base/dom.js";

const WAYS = [
  ["rows", "down"],
  ["columns", "right"],
  ["page", "pages"],
];

/** Rows and columns when an axis is sent another way. */
export function sent({ rows, columns }, name, way) {
  const without = (names) => names.filter((one) => one !== name);
  const next = { rows: without(rows), columns: without(columns) };
  if (way !== "page") next[way].push(name);
  return next;
}

/** "guidance_scale" as people say it. */
export const plainly = (name) => name.replaceAll("_", " ");

export const wayOf = ({ rows, columns }, name) =>
  rows.includes(name) ? "rows" : columns.includes(name) ? "columns" : "page";

export class Axes {
  /** `change` gets what is to be other: rows, columns, page. */
  constructor(view, change) {
    Object.assign(this, { view, change, controls: [], axes: null });
    this.swap = h(
      "button",
      { type: "button", class: "ds-swap", title: "Rows become columns, columns become rows" },
      icon("swap"),
      "Swap",
    );
    this.box = h("div", { class: "ds-axes", role: "group", "aria-label": "Axes" });
    view.listen(this.swap, "click", () => change({ rows: this.now.columns, columns: this.now.rows }));
  }

  /** Show where the axes lead; `now` is { rows, columns, page }. */
  set(axes, now) {
    this.now = now;
    if (axes !== this.axes) this.build(axes);
    for (const { name, way, value, turn, labels } of this.controls) {
      way.value = wayOf(now, name);
      turn.hidden = way.value !== "page";
      value.value = Math.min(now.page[name] ?? 0, labels.length - 1);
    }
    this.swap.hidden = axes.length < 2;
  }

  build(axes) {
    this.axes = axes;
    this.controls = axes.map((axis) => this.control(axis));
    this.box.replaceChildren(...this.controls.map(({ box }) => box), this.swap);
  }

  control({ name, labels }) {
    const said = plainly(name);
    const way = h(
      "select",
      { "aria-label": `${said} leads` },
      ...WAYS.map(([value, text]) => h("option", { value }, text)),
    );
    const value = h(
      "select",
      { class: "ds-value", "aria-label": `${said}, page` },
      ...labels.map((text, i) => h("option", { value: i }, text)),
    );
    const [before, after] = [
      ["‹", "before"],
      ["›", "after"],
    ].map(([sign, word]) => h("button", { type: "button", "aria-label": `${said}, page ${word}` }, sign));
    const turn = h("span", { class: "ds-turn" }, before, value, after);
    const go = (to) => this.change({ page: { ...this.now.page, [name]: (to + labels.length) % labels.length } });
    this.view.listen(way, "change", () => this.change(sent(this.now, name, way.value)));
    this.view.listen(value, "change", () => go(Number(value.value)));
    this.view.listen(before, "click", () => go(Number(value.value) - 1));
    this.view.listen(after, "click", () => go(Number(value.value) + 1));
    const box = h(
      "span",
      { class: "ds-axis" },
      h("b", {}, said),
      h("span", { class: "ds-soft" }, String(labels.length)),
      way,
      turn,
    );
    return { name, labels, way, value, turn, box };
  }

  /** Turn the first of the axes that have pages; whether there is one. */
  page(by) {
    const one = this.controls.find(({ turn }) => !turn.hidden);
    if (one)
      this.change({
        page: { ...this.now.page, [one.name]: (Number(one.value.value) + by + one.labels.length) % one.labels.length },
      });
    return Boolean(one);
  }
}
