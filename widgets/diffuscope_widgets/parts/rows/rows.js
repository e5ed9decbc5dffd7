// The rows of a film: which are offered, which are shown, and a Row for each of those.
import { h } from "../../base/dom.js";
import { toggles } from "../controls/toggles.js";
import { hint } from "../figure.js";
import { Row } from "./row.js";

/** @typedef {import("../../base/wire.js").RowMeta} RowMeta */
/** @typedef {{ rows: RowMeta[] }} HasRows */

/**
 * The rows all runs have, in order.
 * @template {{ name: string }} Meta
 * @param {{ rows: Meta[] }[]} metas
 */
export const common = (metas) =>
  metas[0].rows.filter((row) => metas.every((meta) => meta.rows.some((one) => one.name === row.name)));

/**
 * Names of the rows to show: the ones asked for, else the first.
 * @param {{ name: string }[]} rows
 * @param {string[]} shown
 */
export function visible(rows, shown) {
  const names = rows.map((row) => row.name);
  const chosen = names.filter((name) => shown.includes(name));
  return chosen.length ? chosen : names.slice(0, 1);
}

/** @param {RowMeta} row */
const keyOf = ({ name, width, height, white }) => [name, width, height, white].join(" ");

export class Rows {
  /** @type {string[]} */
  names = [];
  /** @type {Map<string, { name: string, row: Row }>} */
  shown = new Map();
  offered = "";
  /** @type {ReturnType<typeof toggles> | null} */
  toggles = null;
  choice = h("div", { class: "ds-row-choice" });
  hint = hint("No picture yet", "Once drawn, every step from noise to picture is here.");
  box = h("div", { class: "ds-rows" }, this.hint);

  /**
   * @param {import("../../base/sync.js").View} view
   * @param {(names: string[]) => void} pick gets the new list of names when a row is switched
   * @param {(share: number) => void} carry gets a share of the width while the seam is dragged
   */
  constructor(view, pick, carry) {
    this.view = view;
    this.pick = pick;
    this.carry = carry;
  }

  empty() {
    this.box.replaceChildren(this.hint);
    this.choice.hidden = true;
  }

  /**
   * Offer rows, show those named. A Row stays as it is (enlarged, say) while its pictures keep their size.
   * @param {RowMeta[]} rows
   * @param {string[]} names
   */
  arrange(rows, names) {
    const before = this.shown;
    const chosen = rows.filter((row) => names.includes(row.name));
    this.names = names;
    this.shown = new Map(
      chosen.map((meta) => {
        const row = before.get(keyOf(meta))?.row ?? new Row(this.view, meta, this.carry);
        return [keyOf(meta), { name: meta.name, row }];
      }),
    );
    this.box.replaceChildren(...[...this.shown.values()].map(({ row }) => row.box));
    this.offer(rows);
    this.toggles?.set(names);
    this.choice.hidden = rows.length < 2;
  }

  /** @param {RowMeta[]} rows */
  offer(rows) {
    const offered = rows.map((row) => row.name).join(" ");
    if (offered === this.offered) return;
    this.offered = offered;
    const options = rows.map(({ name, symbol, short, label }) => ({
      name,
      about: label,
      label: h("span", {}, h("b", {}, symbol), ` ${short}`),
    }));
    this.toggles = toggles(this.view, "Rows", options, (name) => this.toggle(name));
    this.choice.replaceChildren(this.toggles.box);
  }

  /**
   * Show a row, or hide it; the last one stays.
   * @param {string} name
   */
  toggle(name) {
    const { names } = this;
    const next = names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
    if (next.length) this.pick(next);
  }

  /**
   * Draw every row.
   * @param {(name: string) => import("./compare_draw.js").Look[]} look gives the pictures of each run
   * @param {import("./compare_draw.js").How} how
   * @param {string} text
   * @param {string | undefined} title
   */
  draw(look, how, text, title) {
    for (const { name, row } of this.shown.values()) row.draw(look(name), how, text, title);
  }
}
