// synced: index (Python reads it; at most ten writes a second).  local: position while playing, decoded pictures.
import { alertBox, clamp, h, icon, scope, setSlider, throttle } from "./shared.js";
import { Strip } from "./strip.js";

const PLAY = { seconds: 3, slowest: 4, fastest: 30, calm: 2 }; // calm: steps a second when motion is not wanted

/** Three digits at most, as people read sigma: 14.6, 3.2, 0.031. */
export function short(value) {
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** "step 5 of 20 · σ 3.20 · t 801" */
export function caption(meta, frame) {
  const parts = [`step ${meta.steps[frame] + 1} of ${meta.calls}`, `σ ${short(meta.sigma[frame])}`];
  if (meta.timestep) parts.push(`t ${Math.round(meta.timestep[frame])}`);
  return parts.join(" · ");
}

/** Steps a second while playing. */
export const pace = (frames, calm) => (calm ? PLAY.calm : clamp(frames / PLAY.seconds, PLAY.slowest, PLAY.fastest));

/** The pictures of a packed buffer, row by row. */
async function decode(meta, view) {
  const { offsets, rows, type } = meta;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const count = (offsets.length - 1) / rows.length;
  const one = (i) => createImageBitmap(new Blob([bytes.subarray(offsets[i], offsets[i + 1])], { type }));
  const all = await Promise.all(offsets.slice(1).map((_, i) => one(i)));
  return Object.fromEntries(rows.map((row, r) => [row.name, all.slice(r * count, (r + 1) * count)]));
}

const close = (pictures) => Object.values(pictures).flat().forEach((bitmap) => bitmap.close());

/** One canvas with its title; shows a picture, or a blend of two while playing. */
function screen(name, label) {
  const canvas = h("canvas", { width: 32, height: 32, role: "img", "aria-label": label });
  const title = h("figcaption", {}, h("b", {}, name), ` ${label}`);
  return {
    name,
    label,
    box: h("figure", {}, canvas, title),
    draw(meta, first, second, share, text) {
      if (canvas.width !== meta.width || canvas.height !== meta.height) Object.assign(canvas, { width: meta.width, height: meta.height });
      canvas.classList.toggle("ds-pixels", Math.max(meta.width, meta.height) <= 128);
      const pen = canvas.getContext("2d");
      pen.globalAlpha = 1;
      pen.drawImage(first, 0, 0);
      pen.globalAlpha = share;
      if (share > 0) pen.drawImage(second, 0, 0);
      canvas.setAttribute("aria-label", `${label}, ${text}${meta.title ? `, of “${meta.title}”` : ""}`);
    },
  };
}

function build() {
  const screens = [screen("xₜ", "noisy latents"), screen("x₀", "what the model expects")];
  [screens[0].name, screens[1].name] = ["x_t", "x0"];
  const hint = h("p", { class: "ds-hint" }, h("b", {}, "No picture yet"), "Once drawn, every step from noise to picture is here.");
  const play = h("button", { type: "button", class: "ds-play", "aria-label": "Play" }, icon("play"));
  const range = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Step" });
  const label = h("p", { class: "ds-label" });
  const spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  const strip = new Strip(range);
  const track = h("div", { class: "ds-track" }, strip.box, range);
  const bar = h("div", { class: "ds-bar" }, play, label);
  const stage = h("div", { class: "ds-stage" }, ...screens.map((s) => s.box), hint);
  return { screens, hint, play, range, label, spoken, strip, stage, bar, track };
}

class Projector {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "film");
    Object.assign(this, build());
    this.view.root.append(alertBox(model, this.view), this.stage, this.bar, this.track, this.spoken);
    Object.assign(this, { meta: null, pictures: {}, live: false, position: 0, turn: 0, ended: false, timer: 0 });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    // set and saved together: an echo of Python would undo what was set and not yet saved
    this.save = throttle(() => {
      model.set("index", Math.floor(this.position));
      model.save_changes();
    }, 100);
    this.listen();
    this.load();
  }

  listen() {
    const { view, range, play, strip, model } = this;
    view.listen(range, "input", () => this.go(Number(range.value)));
    view.listen(range, "change", () => this.settle());
    view.listen(play, "click", () => (this.timer ? this.pause() : this.start()));
    view.listen(strip.canvas, "click", (event) => {
      if (this.live || !this.meta) return;
      this.go(strip.at(event.offsetX));
      this.settle();
      range.focus({ preventScroll: true });
    });
    view.watch("frames meta preview", () => this.soon());
    view.watch("index", () => this.follow());
    const resize = new ResizeObserver(() => this.drawStrip());
    resize.observe(strip.canvas);
    view.undo(() => {
      this.ended = true;
      cancelAnimationFrame(this.timer);
      this.save.flush();
      this.save.cancel();
      resize.disconnect();
      close(this.pictures);
    });
  }

  /** Load once for all traits of one message. */
  async soon() {
    if (this.asked) return;
    this.asked = true;
    await null;
    this.asked = false;
    if (!this.ended) await this.load();
  }

  /** Decode what the traits hold. A newer call makes an older one void, whichever ends first. */
  async load() {
    const turn = (this.turn += 1);
    const live = "steps" in this.model.get("preview");
    const meta = this.model.get(live ? "preview" : "meta");
    if (!("steps" in meta)) return this.empty();
    const pictures = await decode(meta, this.model.get(live ? "preview_frames" : "frames"));
    if (this.ended || turn < (this.loaded ?? 0)) return close(pictures);
    this.loaded = turn;
    if (live) return this.showLive(meta, pictures);
    this.pause();
    close(this.pictures);
    Object.assign(this, { meta, pictures, live: false, position: clamp(this.model.get("index"), 0, meta.steps.length - 1) });
    this.range.max = meta.steps.length - 1;
    this.draw();
    this.drawStrip();
    this.speak();
  }

  empty() {
    this.meta = null;
    this.stage.classList.add("ds-empty");
    this.play.disabled = this.range.disabled = true;
    this.hint.hidden = false;
  }

  /** A run under way: its pictures fill the strip one after the other. */
  showLive(meta, pictures) {
    if (!this.live) this.pause();
    const fresh = !this.live || meta.steps[0] < this.liveAt;
    close(this.pictures);
    Object.assign(this, { meta, pictures, live: true, position: 0, liveAt: meta.steps[0] });
    this.range.max = meta.calls - 1;
    this.draw();
    setSlider(this.range, meta.steps[0]);
    if (fresh) this.strip.lay(meta.calls);
    this.strip.put(meta.steps[0], (pictures.x0 ?? pictures.x_t)[0]);
    this.strip.mark(meta.steps[0]);
  }

  go(frame) {
    this.pause();
    this.position = frame;
    this.draw();
    this.strip.mark(this.position);
    this.save();
  }

  /** The end of a gesture: Python gets the place now, and it is read out. */
  settle() {
    this.save();
    this.save.flush();
    this.speak();
  }

  /** Another view of this model, or Python, moved. */
  follow() {
    const frame = this.model.get("index");
    if (!this.meta || this.live || this.timer || this.save.waiting() || frame >= this.meta.steps.length) return;
    this.position = frame;
    this.draw();
    this.strip.mark(this.position);
  }

  start() {
    const last = this.meta.steps.length - 1;
    if (this.position >= last) this.position = 0;
    this.showPlaying(true);
    let before = performance.now();
    const tick = (now) => {
      // a frame's time may lie before the click
      const passed = Math.max(0, now - before) / 1000;
      this.position = Math.min(last, this.position + passed * pace(last + 1, this.still.matches));
      before = now;
      this.draw();
      this.strip.mark(this.position);
      if (this.position >= last) this.pause();
      else this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.timer) return;
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.position = Math.floor(this.position);
    this.showPlaying(false);
    this.draw();
    this.settle();
  }

  showPlaying(on) {
    this.play.replaceChildren(icon(on ? "pause" : "play"));
    this.play.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  draw() {
    const { meta, pictures } = this;
    const frame = Math.floor(this.position);
    const share = this.still.matches ? 0 : this.position - frame;
    const text = caption(meta, frame);
    for (const one of this.screens) {
      const row = pictures[one.name];
      one.box.hidden = !row;
      if (row) one.draw(meta, row[frame], row[frame + 1], share, text);
    }
    this.stage.classList.remove("ds-empty");
    this.hint.hidden = true;
    this.play.disabled = this.range.disabled = this.live;
    this.label.textContent = text;
    this.range.setAttribute("aria-valuetext", text);
    if (!this.live) setSlider(this.range, frame);
  }

  drawStrip() {
    if (this.live || !this.meta) return;
    this.strip.show(this.pictures.x0 ?? this.pictures.x_t);
    this.strip.mark(this.position);
  }

  speak() {
    this.spoken.textContent = this.meta ? caption(this.meta, Math.floor(this.position)) : "";
  }
}

function render({ model, el }) {
  const film = new Projector(model, el);
  return () => film.view.end();
}

export default { render };
