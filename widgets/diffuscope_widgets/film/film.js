// synced: index (Python reads it; at most ten writes a second), shown, mode.
// local: position while playing, decoded pictures.
import { h, setSlider } from "../base/dom.js";
import { alertBox, scope, throttle, write } from "../base/sync.js";
import { fileButton } from "../parts/controls/file_button.js";
import { Player } from "../parts/controls/player.js";
import { clamp } from "../parts/numbers.js";
import { CompareControls } from "../parts/rows/compare_controls.js";
import { Rows, visible } from "../parts/rows/rows.js";
import { Runs } from "./runs.js";
import { Thumbnails, Tooltip } from "./thumbnails.js";

/** @typedef {import("../base/wire.js").FilmTraits} FilmTraits */

const ALONE = { mode: "side", wipe: 0, turn: 0 }; // how one run is shown
const FILES = [
  ["picture", "Picture", "The finished picture as PNG, with its settings inside"],
  ["sheet", "Sheet", "The rows shown, as a contact sheet"],
  ["gif", "GIF", "The rows shown, as an animation"],
];
const SECONDS = 3; // a film takes, if it can
const [SLOWEST, FASTEST] = [4, 30]; // steps a second

/**
 * How fast a film of so many steps is played: steps a second.
 * @param {number} steps
 */
export const paceOf = (steps) => ({ speed: clamp(steps / SECONDS, SLOWEST, FASTEST), jump: 1 });

class FilmView {
  runs = new Runs([], false);
  position = 0; // may lie between two frames
  turn = 0; // of loading: the newest counts
  loaded = 0;
  ended = false;
  /** @type {CompareControls | null} */
  compare = null;
  range = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Step" });
  label = h("p", { class: "ds-label" });
  spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  thumbnails = new Thumbnails(this.range);
  tooltip = new Tooltip(this.thumbnails);
  track = h("div", { class: "ds-track" }, this.thumbnails.box, this.range);
  player = new Player((position) => this.roll(position));

  /**
   * @param {import("../base/sync.js").Model<FilmTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "film");
    this.rows = new Rows(
      this.view,
      (shown) => write(model, { shown }), // every view of this model then shows them, this one too
      (share) => this.compare?.wipe(share),
    );
    const files = h("div", { class: "ds-files", role: "group", "aria-label": "Save" }, h("span", {}, "Save"));
    for (const [form, label, about] of FILES) files.append(fileButton(model, this.view, label, about, form));
    const bar = h("div", { class: "ds-bar" }, this.player.button, this.label, files);
    const { choice, box } = this.rows;
    this.view.root.append(alertBox(model, this.view), choice, box, bar, this.track, this.spoken);
    this.save = throttle(() => write(model, { index: Math.floor(this.position) }), 100);
    this.listen();
    this.load();
  }

  /** Whether there is a film, and none under way. */
  get finished() {
    return this.runs.count > 0 && !this.runs.live;
  }

  /** The row that the thumbnails show. */
  get small() {
    return this.rows.names.includes("x0") ? "x0" : this.rows.names[0];
  }

  listen() {
    const { view, range, player, thumbnails, tooltip } = this;
    view.listen(range, "input", () => this.go(Number(range.value)));
    view.listen(range, "change", () => this.settle());
    view.listen(player.button, "click", () => (player.on ? this.pause() : this.start()));
    view.listen(thumbnails.canvas, "click", (event) => {
      if (!this.finished) return;
      this.go(thumbnails.at(event.offsetX));
      this.settle();
      range.focus({ preventScroll: true });
    });
    view.listen(thumbnails.canvas, "pointermove", (event) => this.lookAt(event.offsetX));
    view.listen(thumbnails.canvas, "pointerleave", () => tooltip.hide());
    view.together("frames meta other_frames other_meta preview", () => this.load());
    view.watch("shown", () => this.show());
    view.watch("index", () => this.follow());
    const resize = new ResizeObserver(() => this.drawThumbnails());
    resize.observe(thumbnails.canvas);
    view.undo(() => {
      this.ended = true;
      this.player.stop();
      this.save.flush();
      this.save.cancel();
      resize.disconnect();
      this.runs.end();
    });
  }

  /** Decode what the traits hold. A newer call makes an older one void, whichever ends first. */
  async load() {
    this.turn += 1;
    const turn = this.turn;
    const runs = Runs.of(this.model);
    const { live } = runs;
    if (!runs.count) return this.empty(runs);
    const names = visible(runs.rows, this.model.get("shown"));
    await runs.decode(names);
    if (this.ended || turn < this.loaded) return runs.end();
    this.loaded = turn;
    if (!live || !this.runs.live) this.pause();
    const fresh = !this.runs.live || runs.first < this.runs.first;
    this.runs.end();
    this.runs = runs;
    this.arrange(names);
    if (live) this.showLive(fresh);
    else this.showFilm();
  }

  /**
   * Nothing is drawn yet, or the first run was stopped: what it had shown goes.
   * @param {Runs} none
   */
  empty(none) {
    this.runs.end();
    this.runs = none;
    this.loaded = this.turn;
    this.label.replaceChildren();
    this.rows.empty();
    this.view.root.classList.add("ds-empty");
    this.player.button.disabled = this.range.disabled = true;
  }

  /**
   * The rows, and the controls that two runs need.
   * @param {string[]} names
   */
  arrange(names) {
    this.view.root.classList.remove("ds-empty");
    this.rows.arrange(this.runs.rows, names);
    const two = this.runs.count > 1;
    if (two && !this.compare) {
      this.compare = new CompareControls(this.model, this.view, () => this.draw());
      this.rows.box.before(this.compare.bar);
      this.track.after(this.compare.list);
    }
    this.compare?.show(two);
  }

  showFilm() {
    this.position = clamp(this.model.get("index"), 0, this.runs.longest - 1);
    this.range.max = String(this.runs.longest - 1);
    this.draw();
    this.drawThumbnails();
    this.speak();
  }

  /**
   * A run under way: its pictures become thumbnails one after the other.
   * @param {boolean} fresh it has just begun
   */
  showLive(fresh) {
    const { first, all } = this.runs;
    const { calls } = all[0].meta;
    this.position = 0;
    this.range.max = String(calls - 1);
    this.draw();
    setSlider(this.range, first);
    if (fresh) this.thumbnails.lay(calls);
    this.thumbnails.put(first, this.smallAt(0)[0]);
    this.thumbnails.mark(first);
  }

  async show() {
    if (!this.finished) return;
    const { runs } = this;
    const chosen = () => visible(runs.rows, this.model.get("shown"));
    const names = chosen();
    await runs.decode(names);
    // runs of a newer load have their own pictures; and what a newer choice hides must not come back
    if (this.ended || this.runs !== runs || String(names) !== String(chosen())) return;
    this.arrange(names);
    runs.keep(names);
    this.draw();
    this.drawThumbnails();
  }

  /** @param {number} frame */
  go(frame) {
    this.pause();
    this.position = frame;
    this.draw();
    this.thumbnails.mark(this.position);
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
    if (!this.finished || this.player.on || this.save.waiting() || frame >= this.runs.longest) return;
    this.position = frame;
    this.draw();
    this.thumbnails.mark(this.position);
  }

  start() {
    const last = this.runs.longest - 1;
    this.player.start(this.position >= last ? 0 : this.position, last, paceOf(this.runs.longest));
  }

  /**
   * The player is at a position, which may lie between two frames.
   * @param {number} position
   */
  roll(position) {
    this.position = position;
    this.draw();
    this.thumbnails.mark(position);
    if (position >= this.runs.longest - 1) this.pause();
  }

  pause() {
    if (!this.player.on) return;
    this.player.stop();
    this.position = Math.floor(this.position);
    this.draw();
    this.thumbnails.mark(this.position);
    this.settle();
  }

  draw() {
    const { runs, position, player } = this;
    const how = (runs.count > 1 && this.compare?.how) || ALONE;
    const calm = player.calm || !player.on || how.mode === "difference"; // a blend has no difference of its own
    const words = runs.words(position);
    /** @param {string} row */
    const looks = (row) => runs.looks(position, row).map((look) => (calm ? { ...look, share: 0 } : look));
    this.rows.draw(looks, how, words.join("; "), runs.all[0].meta.title);
    player.button.disabled = this.range.disabled = runs.live;
    this.label.replaceChildren(...words.map((text) => h("span", {}, text)));
    this.range.setAttribute("aria-valuetext", words.join("; "));
    if (!runs.live) setSlider(this.range, Math.floor(position));
  }

  /**
   * The pictures of the thumbnails' row at a place of the playhead, one a run.
   * @param {number} position
   */
  smallAt(position) {
    return this.runs.looks(position, this.small).map(({ first }) => first);
  }

  drawThumbnails() {
    if (!this.finished) return;
    const lines = this.runs.all.map((_, run) => (/** @type {number} */ frame) => this.smallAt(frame)[run]);
    this.thumbnails.show(this.runs.longest, lines);
    this.thumbnails.mark(this.position);
  }

  /** @param {number} x */
  lookAt(x) {
    if (!this.finished) return;
    const frame = this.thumbnails.at(x);
    this.tooltip.show(this.smallAt(frame), this.runs.words(frame), x);
  }

  speak() {
    this.spoken.textContent = this.runs.count ? this.runs.words(Math.floor(this.position)).join("; ") : "";
  }
}

/** @type {import("../base/sync.js").Render<FilmTraits>} */
function render({ model, el }) {
  const film = new FilmView(model, el);
  return () => film.view.end();
}

export default { render };
