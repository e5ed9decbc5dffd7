// The runs a film shows, one or two, and what stands at a place of the playhead.
import { caption, Frames, placeIn } from "../parts/frames.js";
import { common } from "../parts/rows/rows.js";

/** @typedef {import("../base/wire.js").FilmTraits} FilmTraits */
/** @typedef {{ meta: import("../base/wire.js").FilmMeta, frames: Frames, count: number }} Run */

/**
 * The run that two traits hold, as a list; empty where there is none.
 * @param {import("../base/sync.js").Model<FilmTraits>} model
 * @param {"meta" | "other_meta" | "preview"} name
 * @param {"frames" | "other_frames" | "preview_frames"} buffer
 * @returns {Run[]}
 */
function held(model, name, buffer) {
  const meta = model.get(name);
  if (!meta.steps) return [];
  return [{ meta, frames: new Frames(meta.rows, model.get(buffer)), count: meta.steps.length }];
}

export class Runs {
  /**
   * @param {Run[]} all
   * @param {boolean} live a run is under way: `all` is the one step it has reached
   */
  constructor(all, live) {
    this.all = all;
    this.live = live;
  }

  /**
   * What the traits of a film hold.
   * @param {import("../base/sync.js").Model<FilmTraits>} model
   */
  static of(model) {
    const preview = held(model, "preview", "preview_frames");
    if (preview.length) return new Runs(preview, true);
    return new Runs([...held(model, "meta", "frames"), ...held(model, "other_meta", "other_frames")], false);
  }

  get count() {
    return this.all.length;
  }

  /** How many places the playhead has. */
  get longest() {
    return Math.max(...this.all.map((run) => run.count));
  }

  /** The rows all runs have. */
  get rows() {
    return common(this.all.map((run) => run.meta));
  }

  /** The call number of the first frame. */
  get first() {
    return this.all[0].meta.steps[0];
  }

  /** @param {string[]} names of rows */
  async decode(names) {
    await Promise.all(this.all.map((run) => run.frames.decode(names)));
  }

  /** @param {string[]} names of rows; the others are freed */
  keep(names) {
    for (const { frames } of this.all) frames.keep(names);
  }

  end() {
    for (const { frames } of this.all) frames.end();
  }

  /**
   * Where each run stands.
   * @param {number} position
   */
  places(position) {
    return this.all.map((run) => placeIn(position, this.longest, run.count));
  }

  /**
   * Where each run stands, in words.
   * @param {number} position
   */
  words(position) {
    const places = this.places(position);
    const all = this.all.map(({ meta }, i) => caption(meta, places[i].frame));
    return all.length > 1 ? all.map((text, i) => `${["left", "right"][i]} ${text}`) : all;
  }

  /**
   * The pictures of a row, one a run, each with the next one.
   * @param {number} position
   * @param {string} row
   */
  looks(position, row) {
    const places = this.places(position);
    return this.all.map(({ frames }, i) => {
      const { frame, share } = places[i];
      const pictures = frames.pictures[row] ?? [];
      return { first: pictures[frame], second: pictures[frame + 1], share };
    });
  }
}
