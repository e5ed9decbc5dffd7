// synced: index (Python reads it; at most ten writes a second), shown, mode.  local: position while playing, decoded pictures.

import { alertBox, clamp, fileButton, h, icon, scope, setSlider, throttle } from "../base/dom.js";
import { Versus } from "../parts/compare_controls.js";
import { caption, placeIn, Reel } from "../parts/frames.js";
import { Player } from "../parts/player.js";
import { common, Stage, visible } from "../parts/rows.js";
import { Peek, Strip } from "./thumbnails.js";

const ALONE = { mode: "side", wipe: 0, turn: 0 }; // how one run is shown

function build(model, view) {
  const play = h("button", { type: "button", class: "ds-play", "aria-label": "Play" }, icon("play"));
  const range = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Step" });
  const label = h("p", { class: "ds-label" });
  const spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  const files = h("div", { class: "ds-files", role: "group", "aria-label": "Save" }, h("span", {}, "Save"));
  files.append(fileButton(model, view, "GIF", "The rows shown, as an animation", "gif"));
  files.append(fileButton(model, view, "PNG", "The rows shown, as a contact sheet", "png"));
  const strip = new Strip(range);
  const track = h("div", { class: "ds-track" }, strip.box, range);
  return {
    play,
    range,
    label,
    spoken,
    strip,
    peek: new Peek(strip),
    track,
    bar: h("div", { class: "ds-bar" }, play, label, files),
  };
}

class Projector {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "film");
    Object.assign(this, build(model, this.view));
    this.stage = new Stage(
      this.view,
      (shown) => this.ask(shown),
      (share) => this.versus.wipe(share),
    );
    this.view.root.append(
      alertBox(model, this.view),
      this.stage.rows,
      this.stage.box,
      this.bar,
      this.track,
      this.spoken,
    );
    Object.assign(this, { reels: [], live: false, position: 0, turn: 0, loaded: 0, ended: false, versus: null });
    this.player = new Player(this.play, (position) => this.roll(position));
    // set and saved together: an echo of Python would undo what was set and not yet saved
    this.save = throttle(() => {
      model.set("index", Math.floor(this.position));
      model.save_changes();
    }, 100);
    this.listen();
    this.load();
  }

  /** How many places the playhead has. */
  get longest() {
    return Math.max(...this.reels.map((reel) => reel.count));
  }

  get rows() {
    return common(this.reels.map((reel) => reel.meta));
  }

  /** The row that the strip shows. */
  get small() {
    return this.stage.names.includes("x0") ? "x0" : this.stage.names[0];
  }

  listen() {
    const { view, range, play, strip, peek } = this;
    view.listen(range, "input", () => this.go(Number(range.value)));
    view.listen(range, "change", () => this.settle());
    view.listen(play, "click", () => (this.player.on ? this.pause() : this.start()));
    view.listen(strip.canvas, "click", (event) => {
      if (this.live || !this.reels.length) return;
      this.go(strip.at(event.offsetX));
      this.settle();
      range.focus({ preventScroll: true });
    });
    view.listen(strip.canvas, "pointermove", (event) => this.peekAt(event.offsetX));
    view.listen(strip.canvas, "pointerleave", () => peek.hide());
    view.together("frames meta other_frames other_meta preview", () => this.load());
    view.watch("shown", () => this.show());
    view.watch("index", () => this.follow());
    const resize = new ResizeObserver(() => this.drawStrip());
    resize.observe(strip.canvas);
    view.undo(() => {
      this.ended = true;
      this.player.stop();
      this.save.flush();
      this.save.cancel();
      resize.disconnect();
      for (const reel of this.reels) reel.end();
    });
  }

  /** Decode what the traits hold. A newer call makes an older one void, whichever ends first. */
  async load() {
    const turn = (this.turn += 1);
    const held = (meta, frames) =>
      "steps" in this.model.get(meta) ? [new Reel(this.model.get(meta), this.model.get(frames))] : [];
    const preview = held("preview", "preview_frames");
    const live = preview.length > 0;
    const reels = live ? preview : [...held("meta", "frames"), ...held("other_meta", "other_frames")];
    if (!reels.length) return this.empty();
    const names = visible(common(reels.map((reel) => reel.meta)), this.model.get("shown"));
    await Promise.all(reels.map((reel) => reel.want(names)));
    if (this.ended || turn < this.loaded) return reels.forEach((reel) => reel.end());
    this.loaded = turn;
    if (!live || !this.live) this.pause();
    const fresh = !this.live || reels[0].meta.steps[0] < this.reels[0].meta.steps[0];
    for (const reel of this.reels) reel.end();
    Object.assign(this, { reels, live });
    this.arrange(names);
    if (live) this.showLive(fresh);
    else this.showFilm();
  }

  /** Nothing is drawn yet, or the first run was stopped: what it had shown goes. */
  empty() {
    for (const reel of this.reels) reel.end();
    Object.assign(this, { reels: [], live: false, loaded: this.turn });
    this.label.replaceChildren();
    this.stage.empty();
    this.view.root.classList.add("ds-empty");
    this.play.disabled = this.range.disabled = true;
  }

  /** The screens, and the controls that two runs need. */
  arrange(names) {
    this.view.root.classList.remove("ds-empty");
    this.stage.arrange(this.rows, names);
    const two = this.reels.length > 1;
    if (two && !this.versus) {
      this.versus = new Versus(this.model, this.view, () => this.draw());
      this.stage.box.before(this.versus.bar);
      this.track.after(this.versus.list);
    }
    this.versus?.show(two);
  }

  showFilm() {
    this.position = clamp(this.model.get("index"), 0, this.longest - 1);
    this.range.max = this.longest - 1;
    this.draw();
    this.drawStrip();
    this.speak();
  }

  /** A run under way: its pictures fill the strip one after the other. */
  showLive(fresh) {
    const [{ meta, pictures }] = this.reels;
    this.position = 0;
    this.range.max = meta.calls - 1;
    this.draw();
    setSlider(this.range, meta.steps[0]);
    if (fresh) this.strip.lay(meta.calls);
    this.strip.put(meta.steps[0], pictures[this.small][0]);
    this.strip.mark(meta.steps[0]);
  }

  /** Rows were switched here: the model knows first, and tells every view. */
  ask(shown) {
    this.model.set("shown", shown);
    this.model.save_changes();
  }

  async show() {
    const { reels } = this;
    if (!reels.length || this.live) return;
    const names = visible(this.rows, this.model.get("shown"));
    await Promise.all(reels.map((reel) => reel.want(names)));
    // reels of a newer load have their own; and what a newer choice hides must not come back
    if (this.ended || this.reels !== reels || String(names) !== String(visible(this.rows, this.model.get("shown"))))
      return;
    this.arrange(names);
    for (const reel of reels) reel.keep(names);
    this.draw();
    this.drawStrip();
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
    if (!this.reels.length || this.live || this.player.on || this.save.waiting() || frame >= this.longest) return;
    this.position = frame;
    this.draw();
    this.strip.mark(this.position);
  }

  start() {
    const last = this.longest - 1;
    this.player.start(this.position >= last ? 0 : this.position, last);
  }

  /** The player is at a position, which may lie between two frames. */
  roll(position) {
    this.position = position;
    this.draw();
    this.strip.mark(position);
    if (position >= this.longest - 1) this.pause();
  }

  pause() {
    if (!this.player.on) return;
    this.player.stop();
    this.position = Math.floor(this.position);
    this.draw();
    this.strip.mark(this.position);
    this.settle();
  }

  /** Where each run stands, in words. */
  words(position) {
    const all = this.reels.map(({ meta, count }) => caption(meta, placeIn(position, this.longest, count).frame));
    return all.length > 1 ? all.map((text, i) => `${["left", "right"][i]} ${text}`) : all;
  }

  draw() {
    const { reels, position, longest } = this;
    const how = reels.length > 1 ? this.versus.how : ALONE;
    const calm = this.player.calm || !this.player.on || how.mode === "difference"; // a blend has no difference of its own
    const places = reels.map((reel) => placeIn(position, longest, reel.count));
    const look = (name) =>
      reels.map(({ pictures }, i) => {
        const { frame, share } = places[i];
        return { first: pictures[name][frame], second: pictures[name][frame + 1], share: calm ? 0 : share };
      });
    const words = this.words(position);
    this.stage.draw(look, how, words.join("; "), reels[0].meta.title);
    this.play.disabled = this.range.disabled = this.live;
    this.label.replaceChildren(...words.map((text) => h("span", {}, text)));
    this.range.setAttribute("aria-valuetext", words.join("; "));
    if (!this.live) setSlider(this.range, Math.floor(position));
  }

  /** The pictures of the strip's row at a place of the playhead, one a run. */
  smallAt(position) {
    return this.reels.map(({ pictures, count }) => pictures[this.small][placeIn(position, this.longest, count).frame]);
  }

  drawStrip() {
    if (this.live || !this.reels.length) return;
    this.strip.show(
      this.longest,
      this.reels.map((_, run) => (frame) => this.smallAt(frame)[run]),
    );
    this.strip.mark(this.position);
  }

  peekAt(x) {
    if (this.live || !this.reels.length) return;
    const frame = this.strip.at(x);
    this.peek.show(this.smallAt(frame), this.words(frame), x);
  }

  speak() {
    this.spoken.textContent = this.reels.length ? this.words(Math.floor(this.position)).join("; ") : "";
  }
}

function render({ model, el }) {
  const film = new Projector(model, el);
  return () => film.view.end();
}

export default { render };
