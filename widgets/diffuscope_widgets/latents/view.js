// synced: nudge (writes throttled).  local: a nudge not saved yet; the channels are moved here, the picture by the model.
import { alertBox, clamp, floats, h, paint, scope, throttle, uid } from "../base/dom.js";

const MOST = 9 * 2 ** 20; // bytes of a file; Jupyter drops a message of more than 10 MiB without a word
const FAR = 3; // standard deviations

/** RGBA pixels of one channel: `by` added to every number, -white is black, 0 grey, white white. */
export function grey(values, white, by) {
  const rgba = new Uint8ClampedArray(4 * values.length).fill(255);
  values.forEach((value, i) => {
    const shade = 127.5 + 127.5 * clamp((value + by) / white, -1, 1); // rounded by the array
    rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = shade;
  });
  return rgba;
}

/** "+0.5 sd", "0 sd", "−1.2 sd" */
export const inDeviations = (by) =>
  `${by > 0 ? "+" : by < 0 ? "−" : ""}${Math.abs(by) ? Math.abs(by).toFixed(1) : 0} sd`;

/** What the round trip says of itself. */
export const quality = ({ psnr, lossless }) =>
  lossless ? "no loss" : psnr === null ? "" : `PSNR ${psnr.toFixed(1)} dB`;

function figure(label) {
  const canvas = h("canvas", { width: 32, height: 32, role: "img", "aria-label": label });
  const [title, more] = [h("b", {}, label), h("span")];
  return { label, canvas, title, more, box: h("figure", {}, canvas, h("figcaption", {}, title, " ", more)) };
}

/** Put a picture file on a canvas, if it is still wanted by then. */
async function unpack(canvas, bytes, type, wanted = () => true) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  if (!wanted()) return bitmap.close();
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  canvas.classList.toggle("ds-sharp", Math.max(bitmap.width, bitmap.height) <= 128);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** One channel with its slider. */
function channel(place) {
  const name = `channel ${place + 1}`;
  const part = figure(name);
  const range = h("input", {
    type: "range",
    min: -FAR,
    max: FAR,
    step: 0.1,
    "aria-label": `Nudge ${name}, in standard deviations`,
  });
  part.box.append(range);
  return Object.assign(part, { range });
}

function build() {
  const file = h("input", { type: "file", id: uid(), accept: "image/png,image/jpeg,image/webp,image/gif,image/bmp" });
  const words = h("span", { class: "ds-hint" }, "or drop one anywhere here");
  const busy = h("span", { class: "ds-busy", role: "status" });
  const drop = h("div", { class: "ds-drop" }, h("label", { for: file.id }, "Choose a picture"), file, words, busy);
  const trip = h("div", { class: "ds-trip" });
  const channels = h("div", { class: "ds-channels" });
  const decoded = figure("decoded");
  const reset = h("button", { type: "button" }, "Reset");
  const side = h("div", { class: "ds-decoded" }, decoded.box, reset);
  const note = h("p", { class: "ds-note" });
  const lower = h("div", { class: "ds-lower" }, channels, side);
  return { file, busy, drop, trip, channels, decoded, reset, side, note, lower };
}

class Latents {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "latents");
    Object.assign(this, build(), { nudge: null, parts: [], turn: 0, ended: false });
    // set and saved together: an echo of Python would undo what was set and not yet saved
    this.save = throttle(() => {
      const { nudge } = this;
      model.set("nudge", nudge);
      if (this.nudge === nudge) this.nudge = null;
      model.save_changes();
      model.send({ type: "nudge", nudge }); // it may overtake the trait, so it carries the value
    }, 60);
    this.view.root.append(alertBox(model, this.view), this.drop, this.note, this.trip, this.lower);
    this.listen();
    this.load();
    this.show();
  }

  listen() {
    const { view, file, reset, model } = this;
    view.listen(file, "change", () => {
      if (file.files.length) this.send(file.files[0]);
      file.value = ""; // the same file again is a change again
    });
    view.listen(view.root, "dragover", (event) => this.hover(event, true));
    view.listen(view.root, "dragleave", (event) => this.hover(event, view.root.contains(event.relatedTarget)));
    view.listen(view.root, "drop", (event) => {
      this.hover(event, false);
      if (this.open && event.dataTransfer.files.length) this.send(event.dataTransfer.files[0]);
    });
    view.listen(reset, "click", () => this.edit(this.value().map(() => 0)));
    view.together("meta latents pictures", () => {
      this.nudge = null;
      this.load();
      this.show();
    });
    view.watch("nudge decoded_of busy note", () => this.show());
    view.watch("decoded", () => this.showDecoded());
    view.undo(() => {
      this.ended = true;
      if (this.save.waiting()) this.save.flush();
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

  edit(nudge) {
    this.nudge = nudge;
    this.save();
    this.show();
  }

  hover(event, on) {
    event.preventDefault(); // the browser would open the file
    this.view.root.classList.toggle("ds-over", on && this.open);
  }

  async send(file) {
    if (file.size > MOST) return this.refuse(`“${file.name}” is larger than 9 MB; make it smaller first.`);
    const buffer = await file.arrayBuffer();
    if (!this.ended) this.model.send({ type: "picture", name: file.name }, undefined, [buffer]);
  }

  refuse(why) {
    this.model.set("error", why);
    this.model.save_changes();
  }

  load() {
    const meta = (this.meta = this.model.get("meta"));
    this.trip.hidden = this.lower.hidden = !meta.shape;
    if (!meta.shape) return;
    const [count, high, wide] = meta.shape;
    this.values = floats(this.model.get("latents"));
    this.parts = Array.from({ length: count }, (_, place) => channel(place));
    this.channels.replaceChildren(...this.parts.map((part) => part.box));
    this.channels.classList.toggle("ds-many", count > 4);
    this.parts.forEach((part, place) => {
      part.values = this.values.subarray(place * high * wide, (place + 1) * high * wide);
      this.view.listen(part.range, "input", () => this.edit(this.value().with(place, Number(part.range.value))));
    });
    this.showTrip(meta);
    this.showDecoded();
  }

  showTrip({ rows, offsets, type, ...meta }) {
    const bytes = bytesOf(this.model.get("pictures"));
    const figures = rows.map(figure);
    const words = ["", quality(meta), rows.length > 2 ? "white: 64 of 255" : ""];
    figures.forEach((one, i) => {
      one.more.textContent = words[i];
      unpack(one.canvas, bytes.subarray(offsets[i], offsets[i + 1]), type);
    });
    this.trip.replaceChildren(...figures.map((one) => one.box));
  }

  async showDecoded() {
    const bytes = bytesOf(this.model.get("decoded"));
    this.side.hidden = bytes.length === 0;
    this.lower.classList.toggle("ds-alone", bytes.length === 0);
    if (bytes.length === 0) return;
    const turn = (this.turn += 1);
    await unpack(this.decoded.canvas, bytes, this.meta.type, () => turn === this.turn);
  }

  show() {
    const nudge = this.value();
    this.drop.hidden = !this.open;
    this.note.textContent = this.model.get("note");
    this.busy.textContent = this.model.get("busy") ? "encoding …" : "";
    this.reset.disabled = nudge.every((by) => by === 0);
    const there = JSON.stringify(nudge) === JSON.stringify(this.model.get("decoded_of"));
    const wait = this.model.saved ? "before the nudge" : "decoding …"; // a saved page has no model
    this.decoded.more.textContent = !there ? wait : this.reset.disabled ? "nothing nudged" : "after the nudge";
    if (!this.meta.shape || nudge.length !== this.parts.length) return;
    const [, high, wide] = this.meta.shape;
    this.parts.forEach((part, place) => {
      const by = nudge[place];
      paint(part.canvas, grey(part.values, this.meta.white, by * this.meta.std[place]), wide, high);
      part.canvas.classList.add("ds-sharp");
      part.range.value = by; // no coloured track: it would start at -3
      part.range.disabled = !this.open;
      part.range.setAttribute("aria-valuetext", inDeviations(by));
      part.more.textContent = this.open ? inDeviations(by) : "";
    });
  }
}

function render({ model, el }) {
  const latents = new Latents(model, el);
  return () => latents.view.end();
}

export default { render };
