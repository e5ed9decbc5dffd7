// synced: index, guidance (Python reads them; writes throttled, with a message that asks for new pictures).
// local: decoded pictures, and all geometry: the slider bends without Python.

import { alertBox, clamp, h, scope, setSlider, throttle } from "../base/dom.js";
import { caption, Reel } from "../parts/frames.js";
import { blend, boost, contrast, paintLatent } from "./colour_map.js";
import { build, buildRun, finish, PARTS, pixels, put } from "./parts.js";
import { digits, guided, sentence, size } from "./triangle.js";

/** What the picture of the result is, and how true: a word, and the whole sentence. */
export function standing({ exact, ends, live, recorded }) {
  if (exact)
    return recorded ? ["recorded", "As recorded."] : ["decoded", "Decoded by the model from this step's predictions."];
  if (!ends) return live ? ["decoding", "The model is decoding these pictures."] : ["none", ""];
  if (live) return ["blend", "A blend of the two pictures, until the model's own is decoded."];
  return ["approximation", "An approximation: no model here, so it is blended from the recorded pictures."];
}

/** The whole run, in a few words. */
export function story(run, [done, total], live, guidance) {
  if (!live) return "No model here: a whole run cannot be drawn again.";
  if (!run.state) return `Move guidance away from ${guidance}, and the whole run is drawn again.`;
  if (run.state === "running") return done ? `drawing: step ${done} of ${total}` : "waiting for its turn";
  return run.state === "done" ? `drawn in ${run.seconds.toFixed(1)} s` : "stopped";
}

class Dissection {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "guidance");
    Object.assign(this, build(), { run: buildRun() }, { meta: null, frames: null, look: null, ended: false });
    this.hint = h(
      "p",
      { class: "ds-hint" },
      h("b", {}, "No run yet"),
      "Show a recorded run, and its guidance is taken apart here.",
    );
    const top = h("div", { class: "ds-top" }, this.triangle.box, this.run.box);
    const controls = h("div", { class: "ds-controls" }, this.guidance.box, this.step.box);
    this.body = h(
      "div",
      { class: "ds-body" },
      controls,
      this.says,
      top,
      this.legend,
      this.table,
      this.truth,
      this.missing,
    );
    this.view.root.append(alertBox(model, this.view), this.hint, this.body, this.spoken);
    this.save = throttle(() => this.push(), 100);
    this.listen();
    this.load();
  }

  listen() {
    const { view, guidance, step, number, run, model } = this;
    view.listen(guidance.range, "input", () => this.bend(Number(guidance.range.value)));
    view.listen(number, "input", () => {
      const typed = number.value.trim() === "" ? NaN : Number(number.value);
      if (typed >= 0 && typed <= 50) this.bend(typed);
    });
    view.listen(number, "blur", () => (number.value = this.scale));
    view.listen(step.range, "input", () => this.go(Number(step.range.value)));
    for (const one of [guidance.range, number, step.range]) view.listen(one, "change", () => this.settle());
    view.listen(run.stop, "click", () => model.send({ type: "stop" }));
    view.listen(run.apart, "click", () => model.send({ type: "apart" }));
    view.together("frames maps image meta", () => this.load());
    view.together("look look_frames", () => this.loadLook());
    view.together("run run_image", () => this.loadRun());
    view.watch("progress", () => this.drawRun());
    view.watch("index guidance", () => this.follow());
    view.undo(() => {
      this.ended = true;
      this.save.flush();
      this.save.cancel();
      for (const reel of [this.frames, this.look, this.image, this.redrawn]) reel?.end();
    });
  }

  /** Decode a buffer; null when a newer one came in the meantime, which then takes its place. */
  async take(slot, rows, buffer, steps) {
    const reel = rows?.length ? new Reel({ rows, steps }, this.model.get(buffer)) : null;
    this.newest ??= {};
    this.newest[slot] = reel;
    await reel?.want(rows.map((row) => row.name));
    if (this.ended || this.newest[slot] !== reel) return (reel?.end(), false);
    this[slot]?.end();
    this[slot] = reel;
    return true;
  }

  async load() {
    const meta = this.model.get("meta");
    this.hint.hidden = "steps" in meta;
    this.body.hidden = !this.hint.hidden;
    if (!this.hint.hidden) return;
    const [taken] = await Promise.all([
      this.take("frames", meta.rows, "frames", meta.steps),
      this.take("image", meta.finished, "image", [0]),
    ]);
    if (!taken || meta !== this.model.get("meta")) return;
    const maps = this.model.get("maps");
    const live = meta.live && !this.model.saved; // a saved page was made with a model, and has none
    Object.assign(this, {
      meta: { ...meta, live },
      maps: new Int8Array(maps.buffer, maps.byteOffset, maps.byteLength),
    });
    Object.assign(this, { at: this.model.get("index"), scale: this.model.get("guidance") });
    this.step.range.max = meta.steps.length - 1;
    this.other = meta.negative ? "the one with the negative prompt" : "the unconditional one";
    await Promise.all([this.loadLook(), this.loadRun()]);
    if (!this.ended) this.draw();
  }

  async loadLook() {
    const about = this.model.get("look");
    if (!(await this.take("look", about.rows, "look_frames", [0]))) return;
    this.about = about;
    if (this.meta) this.drawPictures();
  }

  async loadRun() {
    const { rows, drawn } = this.model.get("run");
    if (!(await this.take("redrawn", rows, "run_image", [0]))) return;
    this.drawn = drawn;
    if (this.meta) this.drawRun();
  }

  bend(scale) {
    this.scale = scale;
    this.draw();
    this.save();
  }

  go(frame) {
    this.at = frame;
    this.draw();
    this.save();
  }

  /** The message carries the values: it may overtake the traits. */
  push() {
    const values = { index: this.at, guidance: this.scale };
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
    this.model.send({ type: "bend", ...values });
  }

  /** The end of a gesture: Python gets it now, and it is read out. */
  settle() {
    this.save.flush();
    this.spoken.textContent = `${this.label.textContent}. ${this.says.textContent}`;
  }

  /** Another view of this model, or Python, moved. */
  follow() {
    if (!this.meta || this.save.waiting()) return;
    Object.assign(this, {
      at: clamp(this.model.get("index"), 0, this.meta.steps.length - 1),
      scale: this.model.get("guidance"),
    });
    this.draw();
  }

  draw() {
    const { meta, at, scale, step, guidance, number } = this;
    const text = sentence(meta.uncond[at], meta.cond[at], scale, this.other);
    const low = scale < 1 ? " A whole run takes guidance below 1 as 1." : "";
    this.label.textContent = caption(meta, at);
    this.says.textContent = text + low;
    step.range.setAttribute("aria-valuetext", caption(meta, at));
    guidance.range.setAttribute("aria-valuetext", `${scale}`);
    setSlider(step.range, at);
    setSlider(guidance.range, scale);
    if (document.activeElement !== number && number.getRootNode().activeElement !== number) number.value = scale;
    this.drawHeads();
    const names = { uncond: this.heads.uncond.textContent, cond: this.heads.cond.textContent, result: "result" };
    this.triangle.draw(meta.uncond[at], meta.cond[at], scale, names, text);
    this.drawLatents();
    this.drawPictures();
    this.drawRun();
  }

  drawHeads() {
    const { heads, meta, scale } = this;
    heads.uncond.textContent = meta.negative ? "negative prompt" : "without the prompt";
    heads.uncond.title = meta.negative;
    heads.cond.textContent = "with the prompt";
    heads.step.textContent = `difference, × ${scale}`;
    heads.result.textContent = "result";
  }

  drawLatents() {
    const { meta, at, scale, maps, latents } = this;
    const count = meta.shape.reduce((a, b) => a * b);
    const [u, d] = [0, 1].map((which) => (i) => (maps[(2 * at + which) * count + i] / 127) * meta.peaks[at][which]);
    const [uncond, cond] = [meta.uncond[at], meta.cond[at]];
    const apart = size([cond[0] - uncond, cond[1]]);
    const stronger = boost(apart);
    const numbers = {
      uncond: u,
      cond: (i) => u(i) + d(i),
      step: (i) => d(i) * stronger,
      result: (i) => u(i) + scale * d(i),
    };
    const lengths = { uncond, cond: size(cond), step: scale * apart, result: size(guided(uncond, cond, scale)) };
    const longest = Math.max(...Object.values(lengths));
    for (const part of PARTS) {
      const { canvas, text, bar } = latents[part];
      paintLatent(canvas, meta.shape, numbers[part]);
      bar.style.width = `${(100 * lengths[part]) / longest}%`;
      text.textContent = `length ${digits(lengths[part])}${part === "step" ? ` = ${scale} × ${digits(apart)}` : ""}`;
      canvas.setAttribute("aria-label", `Predicted noise, ${this.heads[part].textContent}, channel by channel`);
    }
    this.legend.textContent =
      "Each prediction of the noise, channel by channel (orange above zero, blue below), and the picture it would lead to." +
      (stronger > 1 ? ` To be seen at all, the difference is coloured ${stronger} times as strong.` : "");
  }

  /** The pictures of this step as far as they are known, recorded or decoded. */
  known() {
    const { meta, at, scale, frames, look, about } = this;
    const frame = (name) => frames?.pictures[name]?.[at];
    const seen = (name) => (about?.index === at ? look?.pictures[name]?.[0] : undefined);
    const [uncond, cond] = ["x0_uncond", "x0_cond"].map((name) => frame(name) ?? seen(name));
    const recorded = { [meta.guidance]: frame("x0"), 0: frame("x0_uncond"), 1: frame("x0_cond") }[scale];
    const decoded = { [about?.guidance]: seen("x0"), 0: uncond, 1: cond }[scale];
    return { uncond, cond, result: recorded ?? decoded, recorded: Boolean(recorded) };
  }

  drawPictures() {
    const { meta, scale, shown } = this;
    const { uncond, cond, result, recorded } = this.known();
    const ends = Boolean(uncond && cond);
    const [word, whole] = standing({ exact: Boolean(result), ends, live: meta.live, recorded });
    const before = this.at > 0 && scale !== meta.guidance ? ` Earlier steps keep guidance ${meta.guidance}.` : "";
    this.truth.textContent = whole && whole + before;
    this.missing.hidden = word !== "none";
    const texts = { uncond: "leads to", cond: "leads to", step: "with − without", result: `leads to · ${word}` };
    for (const part of PARTS) {
      shown[part].text.textContent = texts[part];
      shown[part].text.classList.toggle("ds-rough", part === "result" && !result);
      shown[part].box.hidden = part === "result" ? word === "none" : !ends && !meta.live;
      shown[part].box.classList.toggle("ds-stale", !ends && !(part === "result" && result));
    }
    if (result) this.put("result", pixels(result), result);
    if (!ends) return;
    const [u, c] = [pixels(uncond), pixels(cond)];
    this.put("uncond", u, uncond);
    this.put("cond", c, uncond);
    this.put("step", contrast(u, c), uncond);
    if (!result) this.put("result", blend(u, c, scale), uncond);
  }

  put(part, rgba, bitmap) {
    put(this.shown[part], rgba, bitmap, `Picture expected, ${this.heads[part].textContent}, of “${this.meta.title}”`);
  }

  drawRun() {
    const { meta, model, run, image, redrawn, drawn } = this;
    if (!meta) return;
    const state = model.get("run");
    const [done, total] = model.get("progress");
    const running = state.state === "running";
    finish(run.recorded, image, `recorded, guidance ${meta.guidance}`);
    finish(run.redrawn, redrawn, redrawn ? `whole run, guidance ${drawn}` : "");
    run.redrawn.box.classList.toggle("ds-stale", running);
    run.redrawn.box.hidden = !redrawn;
    run.status.textContent = story(state, [done, total], meta.live, meta.guidance);
    run.bar.value = total ? done / total : 0;
    run.bar.hidden = run.stop.hidden = !running;
    run.apart.hidden = state.state !== "done" || state.guidance <= 1;
  }
}

function render({ model, el }) {
  const one = new Dissection(model, el);
  return () => one.view.end();
}

export default { render };
