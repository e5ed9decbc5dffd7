// synced: nudge (writes throttled).
// local: a nudge not saved yet; the channels are moved here, the picture by the model.
import { h } from "../base/dom.js";
import { alertBox, push, scope, throttle, write } from "../base/sync.js";
import { bytesOf, fileOf, filesOf, floatsOf } from "../base/wire.js";
import { DropZone } from "../parts/controls/drop_zone.js";
import { figure } from "../parts/figure.js";
import { clamp } from "../parts/numbers.js";
import { isSmall, paint, paintBitmap } from "../parts/pixels.js";

/** @typedef {import("../base/wire.js").LatentsMeta} LatentsMeta */
/** @typedef {import("../base/wire.js").LatentsTraits} LatentsTraits */

/**
 * RGBA pixels of one channel: -white is black, 0 grey, white white.
 * @param {Float32Array} values
 * @param {number} white
 * @param {number} by added to every number
 */
export function grey(values, white, by) {
  const rgba = new Uint8ClampedArray(4 * values.length).fill(255);
  values.forEach((value, i) => {
    const shade = 127.5 + 127.5 * clamp((value + by) / white, -1, 1); // rounded by the array
    rgba.fill(shade, 4 * i, 4 * i + 3);
  });
  return rgba;
}

/**
 * "+0.5 sd", "0 sd", "−1.2 sd"
 * @param {number} by standard deviations
 */
export const inDeviations = (by) =>
  `${by > 0 ? "+" : by < 0 ? "−" : ""}${Math.abs(by) ? Math.abs(by).toFixed(1) : 0} sd`;

/**
 * What the round trip says of itself.
 * @param {Pick<LatentsMeta, "psnr" | "lossless">} meta
 */
export const quality = ({ psnr, lossless }) =>
  lossless ? "no loss" : psnr === null ? "" : `PSNR ${psnr.toFixed(1)} dB`;

/**
 * A picture with a title and a word behind it.
 * @param {string} label
 */
function titled(label) {
  const more = h("span");
  return { ...figure(label, "", h("b", {}, label), " ", more), more };
}

/**
 * One channel with its slider.
 * @param {number} place
 * @param {number} far how far it can be nudged, in standard deviations
 */
function channel(place, far) {
  const name = `channel ${place + 1}`;
  const part = titled(name);
  const label = `Nudge ${name}, in standard deviations`;
  const range = h("input", { type: "range", min: -far, max: far, step: 0.1, "aria-label": label });
  part.box.append(range);
  return { ...part, range, values: new Float32Array() };
}

class LatentsView {
  /** A nudge that is not saved yet. @type {number[] | null} */
  nudge = null;
  /** @type {LatentsMeta | { shape?: undefined }} */
  meta = {};
  /** @type {ReturnType<typeof channel>[]} */
  parts = [];
  turn = 0; // of decoding: the newest counts
  busy = h("span", { role: "status" });
  note = h("p", { class: "ds-note" });
  trip = h("div", { class: "ds-trip" });
  channels = h("div", { class: "ds-channels" });
  decoded = titled("decoded");
  reset = h("button", { type: "button" }, "Reset");
  side = h("div", { class: "ds-decoded" }, this.decoded.box, this.reset);
  lower = h("div", { class: "ds-lower" }, this.channels, this.side);

  /**
   * @param {import("../base/sync.js").Model<LatentsTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "latents");
    this.limits = model.get("limits");
    const zone = new DropZone(this.view, this.limits, {
      text: "Choose a picture",
      title: "Or drop one anywhere here",
      label: "Choose a picture",
      way: "Make it smaller first.",
      take: (name, data) => model.send({ type: "picture", name }, undefined, [data]),
      refuse: (error) => write(model, { error }),
      open: () => this.open,
    });
    const words = h("span", {}, "or drop one anywhere here");
    this.drop = h("div", { class: "ds-line ds-drop" }, zone.button, zone.file, words, this.busy);
    this.save = throttle(() => this.send(), 60);
    this.view.root.append(alertBox(model, this.view), this.drop, this.note, this.trip, this.lower);
    this.listen();
    this.load();
    this.show();
  }

  listen() {
    const { view, reset } = this;
    view.listen(reset, "click", () => this.edit(this.value().map(() => 0)));
    view.together("meta latents pictures", () => {
      this.nudge = null;
      this.load();
      this.show();
    });
    view.watch("nudge decoded_of busy note", () => this.show());
    view.watch("decoded", () => this.showDecoded());
    view.undo(() => {
      this.turn = Infinity;
      this.save.flush();
      this.save.cancel();
    });
  }

  /** Whether there is a model to read a picture with. */
  get open() {
    return this.model.get("note") === "";
  }

  value() {
    return this.nudge ?? this.model.get("nudge");
  }

  /** @param {number[]} nudge */
  edit(nudge) {
    this.nudge = nudge;
    this.save();
    this.show();
  }

  send() {
    const { nudge } = this;
    if (!nudge) return;
    push(this.model, { nudge });
    if (this.nudge === nudge) this.nudge = null;
  }

  load() {
    const meta = this.model.get("meta");
    this.meta = meta;
    this.trip.hidden = this.lower.hidden = !meta.shape;
    if (!meta.shape) return;
    const [count, high, wide] = meta.shape;
    const values = floatsOf(this.model.get("latents"));
    this.parts = Array.from({ length: count }, (_, place) => channel(place, this.limits.deviations));
    this.channels.replaceChildren(...this.parts.map((part) => part.box));
    this.channels.classList.toggle("ds-many", count > 4);
    this.parts.forEach((part, place) => {
      part.values = values.subarray(place * high * wide, (place + 1) * high * wide);
      part.canvas.classList.add("ds-pixels");
      this.view.listen(part.range, "input", () => this.edit(this.value().with(place, Number(part.range.value))));
    });
    this.showTrip(meta);
    this.showDecoded();
  }

  /** @param {LatentsMeta} meta */
  showTrip(meta) {
    const figures = meta.rows.map(titled);
    const words = ["", quality(meta), meta.rows.length > 2 ? "white: 64 of 255" : ""];
    filesOf(meta, this.model.get("pictures")).forEach((file, i) => {
      figures[i].more.textContent = words[i];
      this.unpack(figures[i].canvas, file);
    });
    this.trip.replaceChildren(...figures.map((one) => one.box));
  }

  async showDecoded() {
    const bytes = bytesOf(this.model.get("decoded"));
    this.side.hidden = bytes.length === 0;
    this.lower.classList.toggle("ds-alone", bytes.length === 0);
    if (bytes.length === 0) return;
    this.turn += 1;
    const { turn } = this;
    await this.unpack(this.decoded.canvas, fileOf(bytes), () => turn === this.turn);
  }

  /**
   * Put a picture file on a canvas, if it is still due by then.
   * @param {HTMLCanvasElement} canvas
   * @param {Blob} file
   */
  async unpack(canvas, file, due = () => true) {
    const bitmap = await createImageBitmap(file);
    if (due()) {
      paintBitmap(canvas, bitmap);
      canvas.classList.toggle("ds-pixels", isSmall(bitmap, this.limits));
    }
    bitmap.close();
  }

  show() {
    const { meta } = this;
    const nudge = this.value();
    this.drop.hidden = !this.open;
    this.note.textContent = this.model.get("note");
    this.busy.textContent = this.model.get("busy") ? "encoding …" : "";
    this.reset.disabled = nudge.every((by) => by === 0);
    const done = JSON.stringify(nudge) === JSON.stringify(this.model.get("decoded_of"));
    const wait = this.model.saved ? "before the nudge" : "decoding …"; // a saved page has no model
    this.decoded.more.textContent = !done ? wait : this.reset.disabled ? "nothing nudged" : "after the nudge";
    if (!meta.shape || nudge.length !== this.parts.length) return;
    const [, high, wide] = meta.shape;
    this.parts.forEach(({ canvas, values, range, more }, place) => {
      const by = nudge[place];
      paint(canvas, grey(values, meta.white, by * meta.std[place]), wide, high);
      range.value = String(by); // no coloured track: it would start at the left end
      range.disabled = !this.open;
      range.setAttribute("aria-valuetext", inDeviations(by));
      more.textContent = this.open ? inDeviations(by) : "";
    });
  }
}

/** @type {import("../base/sync.js").Render<LatentsTraits>} */
function render({ model, el }) {
  const latents = new LatentsView(model, el);
  return () => latents.view.end();
}

export default { render };
