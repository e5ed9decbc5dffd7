// A closer look at the cell under the pointer or the cursor: its film plays, its values are told in full.
import { h } from "../../base/dom.js";
import { framesIn } from "./pictures.js";

const SIDE = 168; // pixels
const PACE = { seconds: 2.2, rest: 0.9, slowest: 90 }; // of a film; `rest` on its last frame; ms a frame at least

/** Which frame of `count` is shown after `ms`: each as long, the last one longer, then from the beginning. */
export function frameAt(ms, count) {
  const each = Math.max(PACE.slowest, (1000 * PACE.seconds) / count);
  return Math.min(count - 1, Math.floor((ms % (each * count + 1000 * PACE.rest)) / each));
}

export class Peek {
  constructor(pictures) {
    Object.assign(this, { pictures, key: null, turn: 0, timer: 0 });
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.canvas = h("canvas");
    this.text = h("p");
    this.state = h("p", { class: "ds-soft" });
    this.box = h("div", { class: "ds-peek", "aria-hidden": "true", hidden: true }, this.canvas, this.text, this.state);
  }

  /** Show a cell beside the rectangle it has on the map: { left, top, width, height, room (of the map) }. */
  async show({ key, size }, words, pixels, at) {
    this.place = at;
    if (this.key === key) return this.put();
    this.hide();
    this.key = key;
    const turn = (this.turn += 1);
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

  draw(bitmap, [x, y, width, height]) {
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  }

  play(film, count) {
    const wide = film.width / count;
    const frame = (i) => this.draw(film, [Math.round(i * wide), 0, Math.round(wide), film.height]);
    if (this.calm.matches) return this.strip(film);
    const begin = performance.now();
    const tick = (now) => {
      this.timer = requestAnimationFrame(tick);
      const i = frameAt(Math.max(0, now - begin), count);
      frame(i);
      this.state.textContent = `x₀, frame ${i + 1} of ${count}`;
    };
    this.timer = requestAnimationFrame(tick);
  }

  /** Where motion is not wanted: the whole film at once. */
  strip(film) {
    this.draw(film, [0, 0, film.width, film.height]);
    const wide = Math.min(420, film.width);
    Object.assign(this.canvas.style, { width: `${wide}px`, height: `${(wide * film.height) / film.width}px` });
    this.state.textContent = "x₀ from noise to picture";
    this.put();
  }

  /** Beside the cell, inside the map where there is room. */
  put() {
    const {
      box,
      place: { left, top, width, height, room },
    } = this;
    const [wide, high] = [box.offsetWidth, box.offsetHeight];
    const right = left + width + 10;
    const x = right + wide <= room.width ? right : left - wide - 10;
    const inside = x >= 0 ? x : Math.max(0, Math.min(room.width - wide, left));
    const y = x >= 0 ? top + height / 2 - high / 2 : top + height + 10;
    box.style.transform = `translate(${Math.round(inside)}px, ${Math.round(Math.max(-20, Math.min(y, room.height - high + 20)))}px)`;
  }

  hide() {
    cancelAnimationFrame(this.timer);
    this.turn += 1;
    this.key = null;
    this.box.hidden = true;
  }
}
