// The film's thumbnails: one canvas, drawn in device pixels, laid out so that the slider's knob stands below its frame.
import { clamp, h } from "./shared.js";

const LEAST = 26; // pixels a thumbnail needs
const MOST = 56;
const KNOB = 16; // width of the slider's knob, see shared.css

/** Which of n frames there is room for: evenly chosen, first and last included. */
export function chosenFrames(n, width) {
  const count = Math.min(n, Math.max(1, Math.floor(width / LEAST)));
  return Array.from({ length: count }, (_, i) => (count === 1 ? n - 1 : Math.round((i * (n - 1)) / (count - 1))));
}

/** The frame under a point of the strip, x from 0 to width. */
export const frameAt = (x, width, chosen) => chosen[clamp(Math.floor((x / width) * chosen.length), 0, chosen.length - 1)];

/** The place among the chosen frames that stands for a frame: the last one not behind it. */
export const placeOf = (frame, chosen) => Math.max(0, chosen.filter((one) => one <= frame).length - 1);

export class Strip {
  constructor(range) {
    this.range = range;
    this.canvas = h("canvas", { class: "ds-strip", role: "img", "aria-label": "What the model expects at every step" });
    this.bar = h("div", { class: "ds-mark" });
    this.box = h("div", { class: "ds-thumbs" }, this.canvas, this.bar);
    this.chosen = [0];
  }

  /** Clear, with room for n frames. */
  lay(n) {
    const { canvas, range } = this;
    const width = canvas.clientWidth;
    const ratio = devicePixelRatio || 1;
    this.count = n;
    this.chosen = chosenFrames(n, width);
    this.slot = width / this.chosen.length;
    this.side = Math.max(1, Math.min(this.slot - 2, MOST));
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(this.side * ratio);
    canvas.style.height = `${this.side}px`;
    this.pen = canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    this.pen.fillStyle = getComputedStyle(canvas).getPropertyValue("--ds-line");
    this.chosen.forEach((_, place) => this.pen.fillRect(this.left(place), 0, this.side, this.side));
    range.style.width = `${width - this.slot + KNOB}px`;
    range.style.marginLeft = `${(this.slot - KNOB) / 2}px`;
  }

  left(place) {
    return (place + 0.5) * this.slot - this.side / 2;
  }

  put(frame, bitmap) {
    this.pen.imageSmoothingEnabled = bitmap.width > this.side;
    this.pen.drawImage(bitmap, this.left(placeOf(frame, this.chosen)), 0, this.side, this.side);
  }

  show(bitmaps) {
    this.lay(bitmaps.length);
    for (const frame of this.chosen) this.put(frame, bitmaps[frame]);
  }

  /** Put the bar below the frame shown; `position` may lie between two frames. An element, so that it follows the theme. */
  mark(position) {
    const { bar, canvas, side, slot, count } = this;
    const share = count > 1 ? position / (count - 1) : 0;
    bar.style.width = `${side}px`;
    bar.style.transform = `translateX(${slot / 2 + share * (canvas.clientWidth - slot) - side / 2}px)`;
  }

  at(x) {
    return frameAt(x, this.canvas.clientWidth, this.chosen);
  }
}
