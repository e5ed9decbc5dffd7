// synced: seed, first, variation_seed, variation_strength, locked, history (writes throttled).
// local: edits not saved yet.
import { h, setInvalid, setSlider } from "../base/dom.js";
import { alertBox, push, scope, throttle, write } from "../base/sync.js";
import { floatsOf, rawOf } from "../base/wire.js";
import { blame, complaint, readSeed, rollSeed, showLock } from "../parts/controls/fields.js";
import { clamp } from "../parts/numbers.js";
import { paint } from "../parts/pixels.js";
import { build } from "./elements.js";
import { angle, length, portrait, slerp } from "./noise.js";

/** @typedef {import("../base/wire.js").SeedsMeta} SeedsMeta */
/** @typedef {import("../base/wire.js").SeedsOwn} SeedsOwn */
/** @typedef {import("../base/wire.js").SeedsTraits} SeedsTraits */
/** @typedef {import("../parts/figure.js").Figure} Figure */
/** @typedef {"seed" | "variation_seed"} SeedName */

const SHOWN = ["seed", "variation_seed", "first"]; // Python makes the noise of these

/**
 * A history with this seed in front.
 * @param {number[]} history
 * @param {number} seed
 * @param {number} most
 */
export const remembered = (history, seed, most) => [seed, ...history.filter((one) => one !== seed)].slice(0, most);

/**
 * A seed below its picture: of a long one the end, which is what differs from its neighbours.
 * @param {number} seed
 */
export const brief = (seed) => (seed < 1e6 ? String(seed) : `…${String(seed).slice(-5)}`);

/** @param {number} radians */
const degrees = (radians) => `${Math.round((radians * 180) / Math.PI)}°`;

class SeedPicker {
  /** What is not saved yet. @type {Partial<SeedsOwn>} */
  edits = {};
  /** @type {SeedsMeta | { seeds?: undefined }} */
  meta = {};
  /** @type {Float32Array[]} */
  noises = [];

  /**
   * @param {import("../base/sync.js").Model<SeedsTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "seeds");
    this.limits = model.get("limits");
    this.parts = build(this.limits);
    this.save = throttle(() => this.send(), 100);
    this.view.root.append(alertBox(model, this.view), ...this.parts.lines);
    this.listen();
    this.load();
    this.show();
  }

  /**
   * A trait, or what was edited and is not saved yet.
   * @template {keyof SeedsOwn} Name
   * @param {Name} name
   * @returns {SeedsOwn[Name]}
   */
  value(name) {
    const { edits } = this;
    return name in edits ? /** @type {SeedsOwn[Name]} */ (edits[name]) : this.model.get(name);
  }

  /** @param {Partial<SeedsOwn>} change */
  edit(change) {
    this.edits = { ...this.edits, ...change };
    this.save();
    this.show();
  }

  send() {
    const { edits } = this;
    if (SHOWN.some((name) => name in edits)) push(this.model, edits);
    else write(this.model, edits);
    if (this.edits === edits) this.edits = {};
  }

  /**
   * Another seed in one go: the old one can be found again.
   * @param {number} seed
   */
  leave(seed) {
    this.edit({ history: remembered(this.value("history"), this.value("seed"), this.limits.remembered), seed });
  }

  listen() {
    const { view, limits } = this;
    const { main, other, dice, lock, otherDice, clear, before, after, range, noises, past } = this.parts;
    view.listen(main.control, "input", () => this.typed("seed"));
    view.listen(other.control, "input", () => this.typed("variation_seed"));
    view.listen(dice, "click", () => this.leave(rollSeed(limits.seed)));
    view.listen(lock, "click", () => this.edit({ locked: !this.value("locked") }));
    view.listen(otherDice, "click", () => this.vary(rollSeed(limits.seed)));
    view.listen(clear, "click", () => this.edit({ variation_seed: null, variation_strength: 0 }));
    view.listen(before, "click", () => this.page(-limits.strip));
    view.listen(after, "click", () => this.page(limits.strip));
    view.listen(range, "input", () => this.edit({ variation_strength: Number(range.value) }));
    for (const group of [noises, past]) {
      view.listen(group, "click", (event) => {
        const pressed = event.target.closest("button");
        if (pressed) this.leave(Number(pressed.dataset.seed));
      });
    }
    view.together("strip pair meta", () => {
      this.load();
      this.show();
    });
    view.watch("seed variation_seed variation_strength locked history first", () => this.show());
    view.undo(() => {
      this.save.flush();
      this.save.cancel();
    });
  }

  /** @param {SeedName} name */
  typed(name) {
    const part = name === "seed" ? this.parts.main : this.parts.other;
    const text = part.control.value;
    const value = readSeed(text, this.limits.seed);
    const fine = value !== undefined && (value !== null || name === "variation_seed");
    blame(part, fine ? "" : complaint(text, 0, this.limits.seed));
    if (!fine) return;
    if (name === "variation_seed" && value !== null) this.vary(value);
    else this.edit({ [name]: value });
  }

  /**
   * A variation that cannot be seen would puzzle: the first one starts a quarter of the way.
   * @param {number} seed
   */
  vary(seed) {
    const fresh = this.value("variation_seed") === null && this.value("variation_strength") === 0;
    this.edit({ variation_seed: seed, ...(fresh ? { variation_strength: 0.25 } : {}) });
  }

  /** @param {number} by */
  page(by) {
    this.edit({ first: clamp(this.value("first") + by, 0, this.limits.seed) });
  }

  /** The noise Python made. */
  load() {
    const meta = this.model.get("meta");
    this.meta = meta;
    this.parts.strip.hidden = !meta.seeds;
    for (const { box } of Object.values(this.parts.ends)) box.hidden = true;
    if (!meta.seeds) return;
    const all = floatsOf(this.model.get("pair"));
    const size = meta.shape[0] * meta.shape[1] * meta.shape[2];
    this.noises = [all.subarray(0, size), ...(all.length > size ? [all.subarray(size)] : [])];
    this.showStrip(meta);
  }

  /** @param {SeedsMeta} meta */
  showStrip({ seeds, shape: [, high, wide] }) {
    const { noises, before, after } = this.parts;
    while (noises.children.length > seeds.length) noises.lastChild?.remove();
    while (noises.children.length < seeds.length) {
      noises.append(h("button", { type: "button" }, h("canvas", { "aria-hidden": "true" }), h("span")));
    }
    const pictures = rawOf(this.model.get("strip"), high * wide);
    seeds.forEach((seed, place) => {
      const one = /** @type {HTMLButtonElement} */ (noises.children[place]);
      one.dataset.seed = one.title = String(seed);
      one.setAttribute("aria-label", `Seed ${seed}`);
      one.children[1].textContent = brief(seed);
      paint(/** @type {HTMLCanvasElement} */ (one.children[0]), pictures[place], wide, high);
    });
    before.disabled = seeds[0] === 0;
    after.disabled = seeds[seeds.length - 1] === this.limits.seed;
    before.setAttribute("aria-label", "Earlier seeds");
    after.setAttribute("aria-label", "Later seeds");
  }

  show() {
    this.showBox(this.parts.main, this.value("seed"));
    this.showBox(this.parts.other, this.value("variation_seed"));
    showLock(this.parts.lock, this.value("locked"));
    this.showPast();
    for (const one of /** @type {Iterable<HTMLElement>} */ (this.parts.noises.children)) {
      one.setAttribute("aria-pressed", String(Number(one.dataset.seed) === this.value("seed")));
    }
    this.showMix();
  }

  /**
   * @param {import("../parts/controls/fields.js").Field<HTMLInputElement>} part
   * @param {number | null} value
   */
  showBox({ control, problem }, value) {
    if (readSeed(control.value, this.limits.seed) === value || (control.matches(":focus") && problem.textContent))
      return;
    control.value = value === null ? "" : String(value);
    problem.textContent = "";
    setInvalid(control, false);
  }

  showPast() {
    const { past } = this.parts;
    const seeds = this.value("history").filter((seed) => seed !== this.value("seed"));
    /** @param {number} seed */
    const chip = (seed) =>
      h("button", { type: "button", "data-seed": seed, "aria-label": `Back to seed ${seed}` }, String(seed));
    past.hidden = seeds.length === 0;
    past.replaceChildren(h("span", { "aria-hidden": "true" }, "Before"), ...seeds.map(chip));
  }

  showMix() {
    const { range, clear, shown, note } = this.parts;
    const strength = this.value("variation_strength");
    const varied = this.value("variation_seed") !== null;
    range.disabled = clear.disabled = !varied;
    setSlider(range, strength);
    shown.textContent = strength.toFixed(2);
    note.textContent = varied ? "" : "Choose a variation seed to turn the noise a little, or all the way to another.";
    if (this.meta.seeds) this.showEnds(this.meta, strength);
  }

  /**
   * @param {SeedsMeta} meta
   * @param {number} strength
   */
  showEnds({ seed, variation_seed: other, shape }, strength) {
    const { from, mix, to } = this.parts.ends;
    const [a, b] = this.noises;
    /** @param {Figure} figure @param {Float32Array} noise @param {string} text */
    const draw = ({ canvas, caption }, noise, text) => {
      paint(canvas, portrait(noise, shape, this.limits.deviations), shape[2], shape[1]);
      canvas.setAttribute("aria-label", text);
      caption.textContent = text;
    };
    mix.box.hidden = false;
    from.box.hidden = to.box.hidden = !b;
    const start = b ? slerp(a, b, strength) : a;
    const turned = b
      ? `turned ${degrees(strength * angle(a, b))} of ${degrees(angle(a, b))}`
      : `the noise of seed ${seed}`;
    draw(mix, start, `${turned} · length ${length(start).toFixed(1)}`);
    this.parts.range.setAttribute("aria-valuetext", b ? `${strength.toFixed(2)}, ${turned}` : strength.toFixed(2));
    draw(from, a, `seed ${seed}`);
    if (b) draw(to, b, `seed ${other}`);
  }
}

/** @type {import("../base/sync.js").Render<SeedsTraits>} */
function render({ model, el }) {
  const picker = new SeedPicker(model, el);
  return () => picker.view.end();
}

export default { render };
