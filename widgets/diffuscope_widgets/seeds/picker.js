// synced: seed, first, variation_seed, variation_strength, locked, history (writes throttled).  local: edits not saved yet.

import { alertBox, clamp, floats, h, icon, paint, scope, setSlider, throttle, uid } from "../base/dom.js";
import { angle, length, MAX_SEED, portrait, readSeed, slerp } from "./noise.js";

const REMEMBERED = 12;
const COUNT = 8;
const SEEDS = ["seed", "variation_seed", "first"]; // Python makes the noise of these

/** A history with this seed in front. */
export const remembered = (history, seed) => [seed, ...history.filter((one) => one !== seed)].slice(0, REMEMBERED);

/** A seed below its picture: of a long one the end, which is what differs from its neighbours. */
export const brief = (seed) => (seed < 1e6 ? String(seed) : `…${String(seed).slice(-5)}`);

const rollSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
const degrees = (radians) => `${Math.round((radians * 180) / Math.PI)}°`;

const button = (label, name, ...more) =>
  h("button", { type: "button", title: label, "aria-label": label }, icon(name), ...more);

/** A number box for a seed, with its label and the line that says what is wrong. */
function seedField(label, placeholder, ...buttons) {
  const ids = [uid(), uid()];
  const box = h("input", {
    id: ids[0],
    type: "number",
    min: 0,
    max: MAX_SEED,
    step: 1,
    placeholder,
    "aria-describedby": ids[1],
  });
  const problem = h("p", { id: ids[1], class: "ds-problem" });
  const line = h("div", { class: "ds-line" }, box, ...buttons);
  return { box, problem, field: h("div", { class: "ds-field" }, h("label", { for: ids[0] }, label), line, problem) };
}

function figure(className) {
  const canvas = h("canvas", { width: 8, height: 8, role: "img", "aria-label": "Noise" });
  const caption = h("figcaption");
  return { canvas, caption, box: h("figure", { class: className }, canvas, caption) };
}

function build() {
  const [dice, lock] = [button("Another seed", "dice"), h("button", { type: "button", class: "ds-lock" })];
  const [otherDice, clear] = [button("Another variation seed", "dice"), h("button", { type: "button" }, "clear")];
  clear.title = "No variation";
  const main = seedField("Seed", "", dice, lock);
  const other = seedField("Variation seed", "none", otherDice, clear);
  const past = h("div", { class: "ds-past", role: "group", "aria-label": "Seeds used before" });
  const [before, after] = ["‹", "›"].map((sign) => h("button", { type: "button" }, sign));
  const reel = h("div", { class: "ds-reel", role: "group", "aria-label": "Seeds by their noise" });
  const strip = h("div", { class: "ds-seedstrip" }, before, reel, after);
  const ends = { from: figure("ds-from"), mix: figure("ds-mix"), to: figure("ds-to") };
  const note = h("p", { id: uid(), class: "ds-note" });
  const range = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "Strength",
    "aria-describedby": note.id,
  });
  const shown = h("output", { class: "ds-strength" });
  const slide = h("div", { class: "ds-slide" }, h("span", { "aria-hidden": "true" }, "Strength"), range, shown);
  const stage = h("div", { class: "ds-mixing" }, ends.from.box, ends.mix.box, slide, ends.to.box);
  const fields = h("div", { class: "ds-fields" }, main.field, other.field);
  return {
    dice,
    lock,
    otherDice,
    clear,
    main,
    other,
    past,
    before,
    after,
    reel,
    strip,
    ends,
    note,
    range,
    shown,
    stage,
    fields,
  };
}

class Picker {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "seeds");
    Object.assign(this, build());
    this.edits = {};
    // set and saved together: an echo of Python would undo what was set and not yet saved
    this.save = throttle(() => {
      const edits = this.edits;
      for (const [name, value] of Object.entries(edits)) model.set(name, value);
      if (this.edits === edits) this.edits = {};
      model.save_changes();
      const asked = Object.entries(edits).filter(([name]) => SEEDS.includes(name));
      if (asked.length) model.send({ type: "look", ...Object.fromEntries(asked) }); // it may overtake the traits
    }, 100);
    this.view.root.append(alertBox(model, this.view), this.fields, this.past, this.strip, this.stage, this.note);
    this.listen();
    this.load();
    this.show();
  }

  value(name) {
    return name in this.edits ? this.edits[name] : this.model.get(name);
  }

  edit(change) {
    this.edits = { ...this.edits, ...change };
    this.save();
    this.show();
  }

  /** Another seed in one go: the old one can be found again. */
  leave(seed) {
    this.edit({ history: remembered(this.value("history"), this.value("seed")), seed });
  }

  listen() {
    const { view, main, other, range } = this;
    view.listen(main.box, "input", () => this.typed(main, "seed"));
    view.listen(other.box, "input", () => this.typed(other, "variation_seed"));
    view.listen(this.dice, "click", () => this.leave(rollSeed()));
    view.listen(this.lock, "click", () => this.edit({ locked: !this.value("locked") }));
    view.listen(this.otherDice, "click", () => this.vary(rollSeed()));
    view.listen(this.clear, "click", () => this.edit({ variation_seed: null, variation_strength: 0 }));
    view.listen(this.before, "click", () => this.page(-COUNT));
    view.listen(this.after, "click", () => this.page(COUNT));
    view.listen(range, "input", () => this.edit({ variation_strength: Number(range.value) }));
    for (const group of [this.reel, this.past]) {
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

  typed(part, name) {
    const value = readSeed(part.box.value);
    const fine = value !== undefined && (value !== null || name === "variation_seed");
    part.problem.textContent = fine ? "" : `A whole number from 0 to ${MAX_SEED}.`;
    part.box.setAttribute("aria-invalid", String(!fine));
    if (fine && name === "variation_seed" && value !== null) this.vary(value);
    else if (fine) this.edit({ [name]: value });
  }

  /** A variation that cannot be seen would puzzle: the first one starts a quarter of the way. */
  vary(seed) {
    const fresh = this.value("variation_seed") === null && this.value("variation_strength") === 0;
    this.edit({ variation_seed: seed, ...(fresh ? { variation_strength: 0.25 } : {}) });
  }

  page(by) {
    this.edit({ first: clamp(this.value("first") + by, 0, MAX_SEED) });
  }

  /** The noise Python made. */
  load() {
    const { seeds, shape } = (this.meta = this.model.get("meta"));
    this.strip.hidden = !seeds;
    for (const { box } of Object.values(this.ends)) box.hidden = true;
    if (!seeds) return;
    const all = floats(this.model.get("pair"));
    const size = shape[0] * shape[1] * shape[2];
    this.noises = [all.subarray(0, size), ...(all.length > size ? [all.subarray(size)] : [])];
    this.showStrip(seeds, shape);
  }

  showStrip(seeds, [, high, wide]) {
    const view = this.model.get("strip");
    const rgb = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    while (this.reel.children.length > seeds.length) this.reel.lastChild.remove();
    while (this.reel.children.length < seeds.length) {
      this.reel.append(h("button", { type: "button" }, h("canvas", { "aria-hidden": "true" }), h("span")));
    }
    seeds.forEach((seed, place) => {
      const one = this.reel.children[place];
      const rgba = new Uint8ClampedArray(4 * high * wide).fill(255);
      const from = 3 * high * wide * place;
      for (let i = 0; i < high * wide; i += 1) rgba.set(rgb.subarray(from + 3 * i, from + 3 * i + 3), 4 * i);
      one.dataset.seed = seed;
      one.setAttribute("aria-label", `Seed ${seed}`);
      one.title = seed;
      one.lastChild.textContent = brief(seed);
      paint(one.firstChild, rgba, wide, high);
    });
    this.before.disabled = seeds[0] === 0;
    this.after.disabled = seeds.at(-1) === MAX_SEED;
    this.before.setAttribute("aria-label", "Earlier seeds");
    this.after.setAttribute("aria-label", "Later seeds");
  }

  show() {
    this.showBox(this.main, this.value("seed"));
    this.showBox(this.other, this.value("variation_seed"));
    const locked = this.value("locked");
    this.lock.setAttribute("aria-pressed", String(locked));
    this.lock.title = locked ? "Every picture uses this seed" : "Every picture takes a new seed";
    this.lock.replaceChildren(icon(locked ? "locked" : "open"), "keep");
    this.showPast();
    for (const one of this.reel.children)
      one.setAttribute("aria-pressed", String(Number(one.dataset.seed) === this.value("seed")));
    this.showMix();
  }

  showBox({ box, problem }, value) {
    if (readSeed(box.value) === value || (box.matches(":focus") && problem.textContent)) return;
    box.value = value ?? "";
    problem.textContent = "";
    box.removeAttribute("aria-invalid");
  }

  showPast() {
    const seeds = this.value("history").filter((seed) => seed !== this.value("seed"));
    const chip = (seed) =>
      h("button", { type: "button", "data-seed": seed, "aria-label": `Back to seed ${seed}` }, String(seed));
    this.past.hidden = seeds.length === 0;
    this.past.replaceChildren(h("span", { "aria-hidden": "true" }, "Before"), ...seeds.map(chip));
  }

  showMix() {
    const strength = this.value("variation_strength");
    const varied = this.value("variation_seed") !== null;
    this.range.disabled = this.clear.disabled = !varied;
    setSlider(this.range, strength);
    this.shown.textContent = strength.toFixed(2);
    this.note.textContent = varied
      ? ""
      : "Choose a variation seed to turn the noise a little, or all the way to another.";
    if (this.meta.seeds) this.showEnds(strength);
  }

  showEnds(strength) {
    const { from, mix, to } = this.ends;
    const { seed, variation_seed: other, shape } = this.meta;
    const [a, b] = this.noises;
    const draw = ({ canvas, caption }, noise, text) => {
      paint(canvas, portrait(noise, shape), shape[2], shape[1]);
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
    this.range.setAttribute("aria-valuetext", b ? `${strength.toFixed(2)}, ${turned}` : strength.toFixed(2));
    draw(from, a, `seed ${seed}`);
    if (b) draw(to, b, `seed ${other}`);
  }
}

function render({ model, el }) {
  const picker = new Picker(model, el);
  return () => picker.view.end();
}

export default { render };
