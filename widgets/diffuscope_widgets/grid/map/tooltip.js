// A closer look at the cell under the pointer or the cursor: its film plays, its values stand there in full.
import { h } from "../../base/dom.js";
import { penOf, resize } from "../../parts/pixels.js";
import { framesIn } from "./pictures.js";

/** @typedef {import("../../base/wire.js").Rect} Rect */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {Size & { left: number, top: number, room: Size }} Place On the map; `room` is that of the map. */

const SIDE = 168; // pixels
const PACE = { seconds: 2.2, rest: 0.9, slowest: 90 }; // of a film; `rest` on its last frame; ms a frame at least

/**
 * Which frame of `count` is shown after `ms`: each as long, the last one longer, then from the beginning.
 * @param {number} ms
 * @param {number} count
 */
export function frameAt(ms, count) {
  const each = Math.max(PACE.slowest, (1000 * PACE.seconds) / count);
  return Math.min(count - 1, Math.floor((ms % (each * count + 1000 * PACE.rest)) / each));
}

export class Tooltip {
  /** @type {string | null} */
  key = null;
  /** @type {Place | null} */
  place = null;
  turn = 0; // of showing: the newest counts
  timer = 0;
  calm = matchMedia("(prefers-reduced-motion: reduce)");
  canvas = h("canvas");
  text = h("p");
  state = h("p", { class: "ds-soft" });
  box = h("div", { class: "ds-tooltip", "aria-hidden": "true", hidden: true }, this.canvas, this.text, this.state);

  /** @param {import("./pictures.js").Pictures} pictures */
  constructor(pictures) {
    this.pictures = pictures;
  }

  /**
   * Show a cell beside the rectangle it has on the map.
   * @param {import("../../base/wire.js").CellMeta} cell
   * @param {string} words
   * @param {boolean} pixels
   * @param {Place} place
   */
  async show({ key, size }, words, pixels, place) {
    this.place = place;
    if (this.key === key) return this.put();
    this.hide();
    this.key = key;
    this.turn += 1;
    const { turn } = this;
    const tile = this.pictures.tile(key);
    this.text.textContent = words;
    this.state.textContent = tile ? "" : "not finished yet";
    this.canvas.hidden = !tile;
    this.box.hidden = false;
    if (tile) {
      const scale = SIDE / Math.max(...size);
      Object.assign(this.canvas.style, { width: `${size[0] * scale}px`, height: `${size[1] * scale}px` });
      this.canvas.classList.toggle("ds-pixels", pixels);
      this.draw(tile.bitmap, tile.rect);
    }
    this.put();
    const film = tile && (await this.pictures.want(key, "film"));
    if (film && turn === this.turn) this.play(film, framesIn(film, size));
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {Rect} rect
   */
  draw(bitmap, [x, y, width, height]) {
    resize(this.canvas, width, height);
    penOf(this.canvas).drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  }

  /**
   * @param {ImageBitmap} film
   * @param {number} count
   */
  play(film, count) {
    if (this.calm.matches) return this.unroll(film);
    const wide = film.width / count;
    const begin = performance.now();
    /** @param {number} now */
    const tick = (now) => {
      this.timer = requestAnimationFrame(tick);
      const i = frameAt(Math.max(0, now - begin), count);
      this.draw(film, [Math.round(i * wide), 0, Math.round(wide), film.height]);
      this.state.textContent = `x₀, frame ${i + 1} of ${count}`;
    };
    this.timer = requestAnimationFrame(tick);
  }

  /**
   * Where motion is not wanted: the whole film at once.
   * @param {ImageBitmap} film
   */
  unroll(film) {
    this.draw(film, [0, 0, film.width, film.height]);
    const wide = Math.min(420, film.width);
    Object.assign(this.canvas.style, { width: `${wide}px`, height: `${(wide * film.height) / film.width}px` });
    this.state.textContent = "x₀ from noise to picture";
    this.put();
  }

  /** Beside the cell, inside the map where there is room. */
  put() {
    const { box, place } = this;
    if (!place) return;
    const { left, top, width, height, room } = place;
    const [wide, high] = [box.offsetWidth, box.offsetHeight];
    const right = left + width + 10;
    const beside = right + wide <= room.width ? right : left - wide - 10;
    const x = beside >= 0 ? beside : Math.max(0, Math.min(room.width - wide, left));
    const y = beside >= 0 ? top + height / 2 - high / 2 : top + height + 10;
    const inside = Math.max(-20, Math.min(y, room.height - high + 20));
    box.style.transform = `translate(${Math.round(x)}px, ${Math.round(inside)}px)`;
  }

  hide() {
    cancelAnimationFrame(this.timer);
    this.turn += 1;
    this.key = null;
    this.box.hidden = true;
  }
}
