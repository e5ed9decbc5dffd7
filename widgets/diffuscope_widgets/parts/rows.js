// The screens of a film: which rows are offered, which are shown, and a Screen for each of those.

import { h, toggles } from "../base/dom.js";
import { Screen } from "./row.js";

/** The rows all runs have, in order. */
export const common = (metas) =>
  metas[0].rows.filter((row) => metas.every((meta) => meta.rows.some((one) => one.name === row.name)));

/** Names of the rows to show: the ones asked for, else the first. */
export function visible(rows, shown) {
  const names = rows.map((row) => row.name);
  const wanted = names.filter((name) => shown.includes(name));
  return wanted.length ? wanted : names.slice(0, 1);
}

const keyOf = ({ name, width, height, white }) => [name, width, height, white].join(" ");

export class Stage {
  /** `pick` gets the new list of names when a row is switched; `carry` a share of the width while the seam is dragged. */
  constructor(view, pick, carry) {
    Object.assign(this, { view, pick, carry, names: [], screens: new Map(), offered: "" });
    this.choice = null;
    this.rows = h("div", { class: "ds-rows" });
    this.hint = h(
      "p",
      { class: "ds-hint" },
      h("b", {}, "No picture yet"),
      "Once drawn, every step from noise to picture is here.",
    );
    this.box = h("div", { class: "ds-stage" }, this.hint);
  }

  empty() {
    this.box.replaceChildren(this.hint);
    this.rows.hidden = true;
  }

  /** Offer the rows, show those named. A screen stays as it is (enlarged, say) while its row keeps its size. */
  arrange(rows, names) {
    const shown = rows.filter((row) => names.includes(row.name));
    const before = this.screens;
    this.names = names;
    this.screens = new Map(
      shown.map((row) => [keyOf(row), before.get(keyOf(row)) ?? new Screen(this.view, row, this.carry)]),
    );
    this.box.replaceChildren(...[...this.screens.values()].map((screen) => screen.box));
    this.offer(rows);
    this.choice.set(names);
    this.rows.hidden = rows.length < 2;
  }

  offer(rows) {
    const offered = rows.map((row) => row.name).join(" ");
    if (offered === this.offered) return;
    this.offered = offered;
    const options = rows.map(({ name, symbol, short, label }) => ({
      name,
      about: label,
      label: h("span", {}, h("b", {}, symbol), ` ${short}`),
    }));
    this.choice = toggles(this.view, "Rows", options, (name) => this.toggle(name));
    this.rows.replaceChildren(this.choice.box);
  }

  /** Show a row, or hide it; the last one stays. */
  toggle(name) {
    const { names } = this;
    const next = names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
    if (next.length) this.pick(next);
  }

  /** Draw every screen; `look(row name)` gives the pictures of each run. */
  draw(look, how, text, title) {
    for (const screen of this.screens.values()) screen.draw(look(screen.row.name), how, text, title);
  }
}
