// What a map shows: cells by their place in a layout, and places by what stands there.
import { lineAt } from "./layout.js";

/** @typedef {import("./layout.js").Place} Place */

export class Shown {
  /**
   * @param {import("../../base/wire.js").PlanMeta} plan
   * @param {import("./layout.js").Layout} layout
   */
  constructor(plan, layout) {
    this.plan = plan;
    this.layout = layout;
  }

  /**
   * The cell at a place, or undefined.
   * @param {Place} place
   */
  cell({ row, column }) {
    /** @type {import("../../base/wire.js").CellMeta | undefined} */
    const found = this.plan.cells[this.layout.at(row, column)];
    return found;
  }

  /**
   * The place at a point of the plane; null where there is no cell.
   * @param {number[]} point
   */
  placeAt([x, y]) {
    const { xs, ys, width, height } = this.layout;
    const place = { row: lineAt(ys, y), column: lineAt(xs, x) };
    return x <= width && y <= height && this.cell(place) ? place : null;
  }

  /**
   * The first place where a cell stands, or null.
   * @param {string} key
   */
  placeOf(key) {
    const { down, across } = this.layout;
    for (let i = 0; i < down * across; i += 1) {
      const place = { row: Math.floor(i / across), column: i % across };
      if (this.cell(place)?.key === key) return place;
    }
    return null;
  }

  /**
   * Where a cell is in the window, pixels; null where there is none.
   * @param {Place} place
   * @param {import("./pan_zoom.js").Camera} camera
   */
  rect({ row, column }, camera) {
    const { xs, ys, cell } = this.layout;
    if (this.layout.at(row, column) < 0) return null;
    const [left, top] = camera.toWindow(xs[column], ys[row]);
    return { left, top, width: cell[0] * camera.scale, height: cell[1] * camera.scale };
  }
}
