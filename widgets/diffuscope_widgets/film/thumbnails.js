// The film's thumbnails: one canvas, drawn in device pixels, laid out so that the slider's knob stands below its frame.
import { h } from "../base/dom.js";
import { clamp } from "../parts/numbers.js";
import { penOf } from "../parts/pixels.js";

const LEAST = 26; // pixels a thumbnail needs
const MOST = 56;
const GAP = 3; // between the lines of two runs
const KNOB = 16; // width of the slider's knob, see shared.css
const TOOLTIP = 160; // pixels

/**
 * Which of n frames there is room for: evenly chosen, first and last included.
 * @param {number} n
 * @param {number} width
 */
export function chosenFrames(n, width) {
  const count = Math.min(n, Math.max(1, Math.floor(width / LEAST)));
  return Array.from({ length: count }, (_, i) => (count === 1 ? n - 1 : Math.round((i * (n - 1)) / (count - 1))));
}

/**
 * The frame under a point of the thumbnails, x from 0 to width.
 * @param {number} x
 * @param {number} width
 * @param {number[]} chosen
 */
export const frameAt = (x, width, chosen) =>
  chosen[clamp(Math.floor((x / width) * chosen.length), 0, chosen.length - 1)];

/**
 * The place among the chosen frames that stands for a frame: the last one not behind it.
 * @param {number} frame
 * @param {number[]} chosen
 */
export const placeOf = (frame, chosen) => Math.max(0, chosen.filter((one) => one <= frame).length - 1);

export class Thumbnails {
  canvas = h("canvas", { class: "ds-thumbnails", role: "img", "aria-label": "Every step, small" });
  bar = h("div", { class: "ds-mark" });
  box = h("div", { class: "ds-thumbnail-box" }, this.canvas, this.bar);
  pen = penOf(this.canvas);
  chosen = [0];
  count = 1;
  slot = 1; // pixels from one thumbnail to the next
  side = 1; // pixels of a thumbnail

  /** @param {HTMLInputElement} range the slider below */
  constructor(range) {
    this.range = range;
  }

  /**
   * Clear, with room for n frames in one line or two.
   * @param {number} n
   */
  lay(n, lines = 1) {
    const { canvas, range, pen } = this;
    const width = canvas.clientWidth;
    const ratio = devicePixelRatio || 1;
    this.count = n;
    this.chosen = chosenFrames(n, width);
    this.slot = width / this.chosen.length;
    this.side = Math.max(1, Math.min(this.slot - 2, MOST));
    const height = lines * (this.side + GAP) - GAP;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    pen.scale(ratio, ratio);
    pen.fillStyle = getComputedStyle(canvas).getPropertyValue("--ds-line");
    for (const place of this.chosen.keys()) pen.fillRect(this.left(place), 0, this.side, height);
    range.style.width = `${width - this.slot + KNOB}px`;
    range.style.marginLeft = `${(this.slot - KNOB) / 2}px`;
  }

  /** @param {number} place */
  left(place) {
    return (place + 0.5) * this.slot - this.side / 2;
  }

  /**
   * @param {number} frame
   * @param {ImageBitmap} bitmap
   */
  put(frame, bitmap, line = 0) {
    const top = line * (this.side + GAP);
    this.pen.imageSmoothingEnabled = bitmap.width > this.side;
    this.pen.drawImage(bitmap, this.left(placeOf(frame, this.chosen)), top, this.side, this.side);
  }

  /**
   * Draw n frames.
   * @param {number} n
   * @param {((frame: number) => ImageBitmap)[]} lines each gives the picture of a frame
   */
  show(n, lines) {
    this.lay(n, lines.length);
    for (const [line, pictureAt] of lines.entries()) {
      for (const frame of this.chosen) this.put(frame, pictureAt(frame), line);
    }
  }

  /**
   * Put the bar below the frame shown. An element, so that it follows the theme.
   * @param {number} position may lie between two frames
   */
  mark(position) {
    const { bar, canvas, side, slot, count } = this;
    const share = count > 1 ? position / (count - 1) : 0;
    bar.style.width = `${side}px`;
    bar.style.transform = `translateX(${slot / 2 + share * (canvas.clientWidth - slot) - side / 2}px)`;
  }

  /**
   * The frame at a point.
   * @param {number} x
   */
  at(x) {
    return frameAt(x, this.canvas.clientWidth, this.chosen);
  }
}

/** A larger look at the frame under the pointer; the playhead stays where it is. */
export class Tooltip {
  canvas = h("canvas");
  text = h("p");
  box = h("div", { class: "ds-tooltip", "aria-hidden": "true", hidden: true }, this.canvas, this.text);

  /** @param {Thumbnails} thumbnails */
  constructor(thumbnails) {
    this.thumbnails = thumbnails;
    thumbnails.box.append(this.box);
  }

  /**
   * Show pictures side by side above a point of the thumbnails, each with its words.
   * @param {ImageBitmap[]} pictures
   * @param {string[]} words
   * @param {number} x
   */
  show(pictures, words, x) {
    const { canvas, box } = this;
    const { width, height } = pictures[0];
    Object.assign(canvas, { width: width * pictures.length, height });
    const pen = penOf(canvas);
    pen.imageSmoothingEnabled = false;
    for (const [i, picture] of pictures.entries()) pen.drawImage(picture, i * width, 0, width, height);
    canvas.classList.toggle("ds-pixels", width <= TOOLTIP);
    canvas.style.width = `${TOOLTIP * pictures.length}px`;
    this.text.replaceChildren(...words.map((text) => h("span", {}, text)));
    box.hidden = false;
    const room = this.thumbnails.box.clientWidth - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(room, x - box.offsetWidth / 2))}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}
