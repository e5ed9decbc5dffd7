// The film's thumbnails: one canvas, drawn in device pixels, laid out so that the slider's knob stands below its frame.
import { clamp, h } from "../base/dom.js";

const LEAST = 26; // pixels a thumbnail needs
const MOST = 56;
const GAP = 3; // between the lines of two runs
const KNOB = 16; // width of the slider's knob, see shared.css

/** Which of n frames there is room for: evenly chosen, first and last included. */
export function chosenFrames(n, width) {
  const count = Math.min(n, Math.max(1, Math.floor(width / LEAST)));
  return Array.from({ length: count }, (_, i) => (count === 1 ? n - 1 : Math.round((i * (n - 1)) / (count - 1))));
}

/** The frame under a point of the strip, x from 0 to width. */
export const frameAt = (x, width, chosen) =>
  chosen[clamp(Math.floor((x / width) * chosen.length), 0, chosen.length - 1)];

/** The place among the chosen frames that stands for a frame: the last one not behind it. */
export const placeOf = (frame, chosen) => Math.max(0, chosen.filter((one) => one <= frame).length - 1);

export class Strip {
  constructor(range) {
    this.range = range;
    this.canvas = h("canvas", { class: "ds-strip", role: "img", "aria-label": "Every step, small" });
    this.bar = h("div", { class: "ds-mark" });
    this.box = h("div", { class: "ds-thumbs" }, this.canvas, this.bar);
    this.chosen = [0];
  }

  /** Clear, with room for n frames in one line or two. */
  lay(n, lines = 1) {
    const { canvas, range } = this;
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
    this.pen = canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    this.pen.fillStyle = getComputedStyle(canvas).getPropertyValue("--ds-line");
    this.chosen.forEach((_, place) => this.pen.fillRect(this.left(place), 0, this.side, height));
    range.style.width = `${width - this.slot + KNOB}px`;
    range.style.marginLeft = `${(this.slot - KNOB) / 2}px`;
  }

  left(place) {
    return (place + 0.5) * this.slot - this.side / 2;
  }

  put(frame, bitmap, line = 0) {
    this.pen.imageSmoothingEnabled = bitmap.width > this.side;
    this.pen.drawImage(bitmap, this.left(placeOf(frame, this.chosen)), line * (this.side + GAP), this.side, this.side);
  }

  /** Draw n frames; each line is a function from frame to picture. */
  show(n, lines) {
    this.lay(n, lines.length);
    lines.forEach((pictureAt, line) => this.chosen.forEach((frame) => this.put(frame, pictureAt(frame), line)));
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

/** A larger look at the frame under the pointer; the playhead stays where it is. */
export class Peek {
  constructor(strip) {
    this.strip = strip;
    this.canvas = h("canvas");
    this.text = h("p");
    this.box = h("div", { class: "ds-peek", "aria-hidden": "true", hidden: true }, this.canvas, this.text);
    strip.box.append(this.box);
  }

  /** Show pictures side by side above the point x of the strip, each with its words. */
  show(pictures, words, x) {
    const { canvas, box } = this;
    const { width, height } = pictures[0];
    Object.assign(canvas, { width: width * pictures.length, height });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pictures.forEach((one, i) => pen.drawImage(one, i * width, 0, width, height));
    canvas.classList.toggle("ds-pixels", width <= 160);
    canvas.style.width = `${160 * pictures.length}px`;
    this.text.replaceChildren(...words.map((text) => h("span", {}, text)));
    box.hidden = false;
    const room = this.strip.box.clientWidth - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(room, x - box.offsetWidth / 2))}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}
