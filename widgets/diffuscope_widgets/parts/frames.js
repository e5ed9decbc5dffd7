// The frames of a recorded run: packed pictures, decoded row by row when needed, and where the playhead stands.

import { bitmapsOf, shut } from "../base/wire.js";
import { short } from "./numbers.js";

/** @typedef {import("../base/wire.js").Packed & { name: string }} PackedRow */
/** @typedef {{ frame: number, share: number }} Place A frame, and how far it is on to the next one, 0 to 1. */

/**
 * "step 5 of 20 · σ/α 3.20 · t 801"
 * @param {Pick<import("../base/wire.js").FilmMeta, "steps" | "calls" | "ratio" | "timestep">} meta
 * @param {number} frame
 */
export function caption({ steps, calls, ratio, timestep }, frame) {
  const parts = [`step ${steps[frame] + 1} of ${calls}`, `σ/α ${short(ratio[frame])}`];
  if (timestep) parts.push(`t ${Math.round(timestep[frame])}`);
  return parts.join(" · ");
}

/**
 * Where a run of `count` frames stands when the playhead is at `position` of the `longest` run: at the same share of
 * its way. Its twin is `at` of film/export.py: tests/support/cases/frames.json holds for both.
 * @param {number} position
 * @param {number} longest
 * @param {number} count
 * @returns {Place}
 */
export function placeIn(position, longest, count) {
  const exact = longest > 1 ? (position / (longest - 1)) * (count - 1) : count - 1;
  const frame = Math.min(count - 1, Math.floor(exact + 1e-9));
  return { frame, share: Math.max(0, exact - frame) };
}

/** @template {PackedRow} [Row=PackedRow] */
export class Frames {
  /** Decoded bitmaps by the name of their row. @type {Record<string, ImageBitmap[] | undefined>} */
  pictures = {};
  ended = false;

  /**
   * @param {Row[]} rows
   * @param {import("../base/wire.js").Buffer} view
   */
  constructor(rows, view) {
    this.rows = rows;
    this.view = view;
  }

  /**
   * Decode rows, where that has not been done.
   * @param {string[]} [names] all without
   */
  async decode(names = this.rows.map((row) => row.name)) {
    const due = this.rows.filter((row) => names.includes(row.name) && !this.pictures[row.name]);
    await Promise.all(
      due.map(async (row) => {
        const bitmaps = await bitmapsOf(row, this.view);
        if (this.ended || this.pictures[row.name]) shut(bitmaps);
        else this.pictures[row.name] = bitmaps;
      }),
    );
  }

  /**
   * Free all decoded rows but these.
   * @param {string[]} names
   */
  keep(names) {
    for (const [name, bitmaps] of Object.entries(this.pictures)) {
      if (names.includes(name)) continue;
      shut(bitmaps ?? []);
      delete this.pictures[name];
    }
  }

  end() {
    this.ended = true;
    this.keep([]);
  }
}
