// The pictures of a grid: thumbs out of atlases that were sent, films and large pictures one by one when needed.
import { bytesOf, fileOf } from "../../base/wire.js";

/** @typedef {import("../../base/wire.js").Buffer} Buffer */
/** @typedef {import("../../base/wire.js").GridTraits} GridTraits */
/** @typedef {import("../../base/wire.js").Kept} Kept */
/** @typedef {import("../../base/wire.js").Rect} Rect */
/** @typedef {{ view: Buffer, bitmap: ImageBitmap, rects: Map<string, Rect> }} Sheet */
/** @typedef {{ promise: Promise<ImageBitmap | null>, answer: (bitmap: ImageBitmap | null) => void }} Asked */

const MOST = 160; // films and large pictures held

/**
 * The frames of a film: how many there are side by side, each as wide as the cell's picture is for its height.
 * @param {{ width: number, height: number }} film
 * @param {number[]} size of the cell
 */
export const framesIn = ({ width, height }, [w, h]) => Math.max(1, Math.round((width / height) * (h / w)));

export class Pictures {
  turn = 0; // of loading: the newest counts
  ended = false;
  /** The late atlas first. @type {Sheet[]} */
  sheets = [];
  /** "what key" to a bitmap, the longest unused first. @type {Map<string, ImageBitmap>} */
  held = new Map();
  /** "what key" to what was asked for. @type {Map<string, Asked>} */
  asked = new Map();

  /**
   * @param {import("../../base/sync.js").Model<GridTraits>} model
   * @param {import("../../base/sync.js").View} view
   * @param {() => void} changed is called when there is more to draw
   */
  constructor(model, view, changed) {
    this.model = model;
    this.changed = changed;
    view.hear("look", (content, buffers) => this.receive(content, buffers));
    view.together("tiles tiles_meta late late_meta", () => this.load());
    view.undo(() => {
      this.ended = true;
      for (const { bitmap } of this.sheets) bitmap.close();
    });
  }

  /** Decode the atlases, where they are others than before. A newer call makes an older one void. */
  async load() {
    this.turn += 1;
    const { turn, model } = this;
    const late = await Promise.all([
      this.sheet(model.get("late"), model.get("late_meta")),
      this.sheet(model.get("tiles"), model.get("tiles_meta")),
    ]);
    const sheets = late.filter((sheet) => sheet !== null);
    const stale = turn !== this.turn || this.ended;
    const [stays, goes] = stale ? [this.sheets, sheets] : [sheets, this.sheets];
    for (const sheet of goes) if (!stays.includes(sheet)) sheet.bitmap.close();
    if (stale) return;
    this.sheets = sheets;
    for (const key of model.get("late_meta").keys ?? []) {
      this.held.delete(`film ${key}`);
      this.held.delete(`picture ${key}`);
    }
    this.changed();
  }

  /**
   * An atlas; the one of before if it is the same, and null where there is none.
   * @param {Buffer | null} view
   * @param {import("../../base/wire.js").Atlas} meta
   * @returns {Promise<Sheet | null>}
   */
  async sheet(view, { type, keys = [], rects = [] }) {
    if (!view || !keys.length) return null;
    const before = this.sheets.find((sheet) => sheet.view === view);
    if (before) return before;
    const bitmap = await createImageBitmap(fileOf(bytesOf(view), type));
    return { view, bitmap, rects: new Map(keys.map((key, i) => [key, rects[i]])) };
  }

  /**
   * The thumb of a cell, or null while it is not finished.
   * @param {string} key
   */
  tile(key) {
    for (const { bitmap, rects } of this.sheets) {
      const rect = rects.get(key);
      if (rect) return { bitmap, rect };
    }
    return null;
  }

  /**
   * A film or a picture that is there already, or null.
   * @param {string} key
   * @param {Kept} what
   */
  now(key, what) {
    const name = `${what} ${key}`;
    const found = this.held.get(name);
    if (!found) return null;
    this.held.delete(name);
    this.held.set(name, found);
    return found;
  }

  /**
   * A film or a picture as a bitmap, or null where there is none. A saved page has what it kept.
   * @param {string} key
   * @param {Kept} what
   * @returns {Promise<ImageBitmap | null>}
   */
  async want(key, what) {
    const name = `${what} ${key}`;
    const found = this.now(key, what);
    if (found) return found;
    const kept = this.model.get("kept_meta")[what]?.[key];
    if (kept) return this.hold(name, bytesOf(this.model.get("kept")).subarray(...kept));
    if (this.model.saved) return null;
    const before = this.asked.get(name);
    if (before) return before.promise;
    /** @type {Asked["answer"]} */
    let answer = () => {};
    /** @type {Asked["promise"]} */
    const promise = new Promise((resolve) => {
      answer = resolve;
    });
    this.asked.set(name, { promise, answer });
    this.model.send({ type: "look", key, what });
    return promise;
  }

  /**
   * @param {{ key: string, what: Kept }} content
   * @param {Buffer[]} buffers none where there is no such picture
   */
  async receive({ key, what }, buffers) {
    const name = `${what} ${key}`;
    const asked = this.asked.get(name);
    if (!asked) return; // another view of this model asked
    this.asked.delete(name);
    asked.answer(buffers.length ? await this.hold(name, bytesOf(buffers[0])) : null);
  }

  /**
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async hold(name, bytes) {
    const bitmap = await createImageBitmap(fileOf(bytes));
    this.held.set(name, bitmap);
    const [oldest] = this.held.keys();
    if (this.held.size > MOST) this.held.delete(oldest);
    return bitmap;
  }
}
