// synced: index, guidance (Python reads them; writes throttled, with a message that asks for new pictures).
// local: decoded pictures, and all geometry: the slider bends without Python.
import { h, setSlider } from "../base/dom.js";
import { alertBox, push, scope, throttle } from "../base/sync.js";
import { signedOf } from "../base/wire.js";
import { hint } from "../parts/figure.js";
import { caption, Frames } from "../parts/frames.js";
import { clamp } from "../parts/numbers.js";
import { pixelsOf } from "../parts/pixels.js";
import { blend, boost, contrast, mapAt, paintLatent } from "./colour_map.js";
import { build, PARTS, put } from "./parts.js";
import { WholeRun } from "./run.js";
import { digits, guided, sentence, size } from "./triangle.js";
import { truthOf } from "./words.js";

/** @typedef {import("../base/wire.js").GuidanceMeta} GuidanceMeta */
/** @typedef {import("../base/wire.js").GuidanceTraits} GuidanceTraits */
/** @typedef {"frames" | "image" | "look" | "redrawn"} Slot */

class GuidanceView {
  /** @type {GuidanceMeta | null} */
  meta = null;
  /** What is shown, and what was asked for last. @type {Record<Slot, Frames | null>} */
  held = { frames: null, image: null, look: null, redrawn: null };
  /** @type {Record<Slot, Frames | null>} */
  newest = { ...this.held };
  /** What `look` is of. @type {import("../base/wire.js").Look} */
  about = {};
  /** The guidance of `redrawn`. @type {number | undefined} */
  drawn;
  maps = new Int8Array();
  at = 0;
  scale = 1;
  other = "";
  ended = false;
  hint = hint("No run yet", "Show a recorded run, and its guidance is taken apart here.");

  /**
   * @param {import("../base/sync.js").Model<GuidanceTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "guidance");
    this.limits = model.get("limits");
    this.run = new WholeRun(model, this.view);
    const parts = build(this.limits);
    this.parts = parts;
    const top = h("div", { class: "ds-top" }, parts.triangle.box, this.run.box);
    const controls = h("div", { class: "ds-controls" }, parts.guidance.box, parts.step.box);
    const { says, legend, table, truth, missing, spoken } = parts;
    this.body = h("div", { class: "ds-body" }, controls, says, top, legend, table, truth, missing);
    this.view.root.append(alertBox(model, this.view), this.hint, this.body, spoken);
    this.save = throttle(() => push(model, { index: this.at, guidance: this.scale }), 100);
    this.listen();
    this.load();
  }

  listen() {
    const { view } = this;
    const { guidance, step, number } = this.parts;
    view.listen(guidance.range, "input", () => this.bend(Number(guidance.range.value)));
    view.listen(number, "input", () => {
      const typed = number.value.trim() === "" ? NaN : Number(number.value);
      if (typed >= 0 && typed <= this.limits.guidance) this.bend(typed);
    });
    view.listen(number, "blur", () => this.showNumber());
    view.listen(step.range, "input", () => this.go(Number(step.range.value)));
    for (const one of [guidance.range, number, step.range]) view.listen(one, "change", () => this.settle());
    view.together("frames maps image meta", () => this.load());
    view.together("look look_frames", () => this.loadLook());
    view.together("run run_image", () => this.loadRun());
    view.watch("progress", () => this.drawRun());
    view.watch("index guidance", () => this.follow());
    view.undo(() => {
      this.ended = true;
      this.save.flush();
      this.save.cancel();
      for (const frames of Object.values(this.held)) frames?.end();
    });
  }

  /**
   * Decode a buffer. Whether it is in its place now: a newer one that came in the meantime takes it.
   * @param {Slot} slot
   * @param {import("../base/wire.js").RowMeta[] | undefined} rows
   * @param {"frames" | "image" | "look_frames" | "run_image"} buffer
   */
  async take(slot, rows, buffer) {
    const frames = rows?.length ? new Frames(rows, this.model.get(buffer)) : null;
    this.newest[slot] = frames;
    await frames?.decode();
    if (this.ended || this.newest[slot] !== frames) {
      frames?.end();
      return false;
    }
    this.held[slot]?.end();
    this.held[slot] = frames;
    return true;
  }

  async load() {
    const meta = this.model.get("meta");
    this.hint.hidden = Boolean(meta.steps);
    this.body.hidden = !meta.steps;
    if (!meta.steps) return;
    const [taken] = await Promise.all([
      this.take("frames", meta.rows, "frames"),
      this.take("image", meta.finished, "image"),
    ]);
    if (!taken || meta !== this.model.get("meta")) return;
    this.maps = signedOf(this.model.get("maps"));
    const live = meta.live && !this.model.saved; // a saved page was made with a model, and has none
    this.meta = { ...meta, live };
    this.at = this.model.get("index");
    this.scale = this.model.get("guidance");
    this.parts.step.range.max = String(meta.steps.length - 1);
    this.other = meta.negative ? "the one with the negative prompt" : "the unconditional one";
    await Promise.all([this.loadLook(), this.loadRun()]);
    if (!this.ended) this.draw();
  }

  async loadLook() {
    const about = this.model.get("look");
    if (!(await this.take("look", about.rows, "look_frames"))) return;
    this.about = about;
    if (this.meta) this.drawPictures(this.meta);
  }

  async loadRun() {
    const { rows, drawn } = this.model.get("run");
    if (!(await this.take("redrawn", rows, "run_image"))) return;
    this.drawn = drawn;
    this.drawRun();
  }

  /** @param {number} scale */
  bend(scale) {
    this.scale = scale;
    this.draw();
    this.save();
  }

  /** @param {number} frame */
  go(frame) {
    this.at = frame;
    this.draw();
    this.save();
  }

  /** The end of a gesture: Python gets it now, and it is read out. */
  settle() {
    this.save.flush();
    this.parts.spoken.textContent = `${this.parts.label.textContent}. ${this.parts.says.textContent}`;
  }

  /** Another view of this model, or Python, moved. */
  follow() {
    if (!this.meta || this.save.waiting()) return;
    this.at = clamp(this.model.get("index"), 0, this.meta.steps.length - 1);
    this.scale = this.model.get("guidance");
    this.draw();
  }

  showNumber() {
    this.parts.number.value = String(this.scale);
  }

  draw() {
    const { meta, at, scale, limits } = this;
    if (!meta) return;
    const { step, guidance, number, label, says, heads, triangle } = this.parts;
    const text = sentence(meta.uncond[at], meta.cond[at], scale, this.other);
    const low = scale < 1 ? " A whole run takes guidance below 1 as 1." : "";
    label.textContent = caption(meta, at);
    says.textContent = text + low;
    step.range.setAttribute("aria-valuetext", caption(meta, at));
    guidance.range.setAttribute("aria-valuetext", `${scale}`);
    setSlider(step.range, at);
    setSlider(guidance.range, scale);
    if (!number.matches(":focus")) this.showNumber();
    heads.uncond.textContent = meta.negative ? "negative prompt" : "without the prompt";
    heads.uncond.title = meta.negative;
    heads.cond.textContent = "with the prompt";
    heads.step.textContent = `difference, × ${scale}`;
    heads.result.textContent = "result";
    const names = { uncond: heads.uncond.textContent, cond: heads.cond.textContent, result: "result" };
    triangle.draw(meta.uncond[at], meta.cond[at], scale, limits.guidance, names, text);
    this.drawLatents(meta);
    this.drawPictures(meta);
    this.drawRun();
  }

  /** @param {GuidanceMeta} meta */
  drawLatents(meta) {
    const { at, scale, maps } = this;
    const { latents, heads, legend } = this.parts;
    const { u, d } = mapAt(maps, meta, at);
    const [uncond, cond] = [meta.uncond[at], meta.cond[at]];
    const apart = size([cond[0] - uncond, cond[1]]);
    const stronger = boost(apart);
    const numbers = {
      uncond: u,
      cond: (/** @type {number} */ i) => u(i) + d(i),
      step: (/** @type {number} */ i) => d(i) * stronger,
      result: (/** @type {number} */ i) => u(i) + scale * d(i),
    };
    const lengths = { uncond, cond: size(cond), step: scale * apart, result: size(guided(uncond, cond, scale)) };
    const longest = Math.max(...Object.values(lengths));
    for (const part of PARTS) {
      const { canvas, text, bar } = latents[part];
      paintLatent(canvas, meta.shape, numbers[part]);
      bar.style.width = `${(100 * lengths[part]) / longest}%`;
      const product = part === "step" ? ` = ${scale} × ${digits(apart)}` : "";
      text.textContent = `length ${digits(lengths[part])}${product}`;
      canvas.setAttribute("aria-label", `Predicted noise, ${heads[part].textContent}, channel by channel`);
    }
    legend.textContent =
      "Each prediction of the noise, channel by channel (orange above zero, blue below), and the picture " +
      "it would lead to." +
      (stronger > 1 ? ` To be seen at all, the difference is coloured ${stronger} times as strong.` : "");
  }

  /**
   * The pictures of this step as far as they are known, recorded or decoded.
   * @param {GuidanceMeta} meta
   */
  known(meta) {
    const { at, scale, held, about } = this;
    /** @param {string} name */
    const frame = (name) => held.frames?.pictures[name]?.[at];
    /** @param {string} name */
    const seen = (name) => (about.index === at ? held.look?.pictures[name]?.[0] : undefined);
    const [uncond, cond] = ["x0_uncond", "x0_cond"].map((name) => frame(name) ?? seen(name));
    const recorded = new Map([
      [meta.guidance, frame("x0")],
      [0, frame("x0_uncond")],
      [1, frame("x0_cond")],
    ]).get(scale);
    const decoded = new Map([
      [about.guidance, seen("x0")],
      [0, uncond],
      [1, cond],
    ]).get(scale);
    return { uncond, cond, result: recorded ?? decoded, recorded: Boolean(recorded) };
  }

  /** @param {GuidanceMeta} meta */
  drawPictures(meta) {
    const { scale } = this;
    const { shown, truth, missing } = this.parts;
    const { uncond, cond, result, recorded } = this.known(meta);
    const ends = Boolean(uncond && cond);
    const [word, whole] = truthOf({ exact: Boolean(result), ends, live: meta.live, recorded });
    const before = this.at > 0 && scale !== meta.guidance ? ` Earlier steps keep guidance ${meta.guidance}.` : "";
    truth.textContent = whole && whole + before;
    missing.hidden = word !== "none";
    const texts = { uncond: "leads to", cond: "leads to", step: "with − without", result: `leads to · ${word}` };
    for (const part of PARTS) {
      const { text, box } = shown[part];
      text.textContent = texts[part];
      text.classList.toggle("ds-rough", part === "result" && !result);
      box.hidden = part === "result" ? word === "none" : !ends && !meta.live;
      box.classList.toggle("ds-stale", !ends && !(part === "result" && result));
    }
    if (result) this.put("result", pixelsOf(result), result);
    if (!uncond || !cond) return;
    const [u, c] = [pixelsOf(uncond), pixelsOf(cond)];
    this.put("uncond", u, uncond);
    this.put("cond", c, cond);
    this.put("step", contrast(u, c), uncond);
    if (!result) this.put("result", blend(u, c, scale), uncond);
  }

  /**
   * @param {import("./parts.js").Part} part
   * @param {Uint8ClampedArray<ArrayBuffer>} rgba
   * @param {ImageBitmap} bitmap
   */
  put(part, rgba, bitmap) {
    const label = `Picture expected, ${this.parts.heads[part].textContent}, of “${this.meta?.title}”`;
    put(this.parts.shown[part], rgba, bitmap, label, this.limits);
  }

  drawRun() {
    const { meta, held, drawn } = this;
    const [recorded, redrawn] = [held.image, held.redrawn].map((frames) => frames?.pictures.x0?.[0]);
    if (meta) this.run.draw(meta, recorded, redrawn, drawn);
  }
}

/** @type {import("../base/sync.js").Render<GuidanceTraits>} */
function render({ model, el }) {
  const guidance = new GuidanceView(model, el);
  return () => guidance.view.end();
}

export default { render };
