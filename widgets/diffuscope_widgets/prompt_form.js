// synced: values, seed_locked (Python reads them; writes throttled).  local: which fields hold edits not sent yet.
import { alertBox, h, icon, scope, setSlider, throttle, uid } from "./shared.js";

const NUMBERS = { seed: {}, steps: { low: 1, high: 60, step: 1 }, guidance_scale: { low: 1, high: 20, step: 0.5 }, eta: { low: 0, high: 1, step: 0.05 } };
const TITLES = {
  prompt: "Prompt", negative_prompt: "Negative prompt", seed: "Seed", steps: "Steps",
  guidance_scale: "Guidance", scheduler: "Scheduler", sigmas: "Noise levels", eta: "Eta",
};

/** What a number box holds; null for an empty one, which is the model's own default. */
export const toNumber = (text) => (text.trim() === "" ? null : Number(text));

/** Schedulers by group, groups in the order they first appear. */
export function grouped(catalogue) {
  const groups = new Map();
  for (const row of catalogue) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups];
}

/** The sigma schedule after a change of scheduler: a usual one becomes the usual one, a chosen one stays if it can. */
export function sigmasAfter(before, after, chosen) {
  if (chosen === null || !after) return chosen;
  const usual = before && chosen === before.sigmas[0];
  return !usual && after.sigmas.includes(chosen) ? chosen : after.sigmas[0];
}

/** Whether a step asks the network twice. */
export const doubled = (guidance) => guidance !== null && guidance > 1;

const rowOf = (model, name) => model.get("catalogue").find((row) => row.name === name);

/** Label, control and the two lines below it that say what is wrong or without effect. */
function field(key, control, ...beside) {
  const ids = [uid(), uid(), uid()];
  control.id = ids[0];
  control.setAttribute("aria-describedby", `${ids[1]} ${ids[2]}`);
  const problem = h("p", { class: "ds-problem", id: ids[1] });
  const note = h("p", { class: "ds-note", id: ids[2] });
  const head = h("div", { class: "ds-head" }, h("label", { for: ids[0] }, TITLES[key]), ...beside);
  return { key, control, head, problem, note, box: h("div", { class: `ds-field ds-${key}` }, head) };
}

function textField(key, rows, placeholder) {
  const part = field(key, h("textarea", { rows, placeholder, spellcheck: "false" }));
  part.box.append(part.control, part.problem, part.note);
  return part;
}

function selectField(key) {
  const part = field(key, h("select"));
  part.box.append(part.control, part.problem, part.note);
  return part;
}

/** A number box and a slider that hold the same value. */
function sliderField(key, ...beside) {
  const { low, high, step } = NUMBERS[key];
  const control = h("input", { type: "number", min: 0, step: "any", placeholder: "auto" });
  const slider = h("input", { type: "range", min: low, max: high, step, "aria-label": `${TITLES[key]} slider` });
  const part = field(key, control, ...beside, control);
  part.box.append(slider, part.problem, part.note);
  return Object.assign(part, { slider });
}

/** The model's own value is not known yet: the knob waits in the middle, pale. */
function showSlider({ key, slider }, value) {
  const { low, high } = NUMBERS[key];
  setSlider(slider, value ?? (low + high) / 2);
  slider.classList.toggle("ds-auto", value === null);
}

function seedField() {
  const control = h("input", { type: "number", min: 0, max: 2 ** 32 - 1, step: 1 });
  const part = field("seed", control);
  const dice = h("button", { type: "button", title: "Another seed", "aria-label": "Another seed" }, icon("dice"));
  const lock = h("button", { type: "button", class: "ds-lock" });
  part.box.append(h("div", { class: "ds-line" }, control, dice, lock), part.problem, part.note);
  return Object.assign(part, { dice, lock });
}

function build() {
  const cost = h("span", { class: "ds-badge", title: "Two network calls a step: with the prompt and without" }, "×2 cost");
  const parts = {
    prompt: textField("prompt", 3, "a large red circle left of a small blue square"),
    negative_prompt: textField("negative_prompt", 1, "What to steer away from"),
    seed: seedField(),
    steps: sliderField("steps"),
    guidance_scale: sliderField("guidance_scale", cost),
    scheduler: selectField("scheduler"),
    sigmas: selectField("sigmas"),
    eta: sliderField("eta"),
  };
  const about = h("p", { class: "ds-about" });
  return { parts, about, cost };
}

function actionBar() {
  const draw = h("button", { type: "button", class: "ds-main", title: "Ctrl+Enter in the prompt" }, icon("play"), "Draw");
  const stop = h("button", { type: "button", title: "Escape" }, "Stop");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run" });
  const status = h("span", { class: "ds-status", "aria-live": "polite" });
  const box = h("div", { class: "ds-actions" }, h("div", { class: "ds-line" }, draw, stop, status), bar);
  return { draw, stop, bar, status, box };
}

class Form {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "form");
    Object.assign(this, build(), { actions: actionBar() });
    this.dirty = new Set();
    this.push = throttle(() => this.flush(), 120);
    const { prompt, negative_prompt, seed, steps, guidance_scale, scheduler, sigmas, eta } = this.parts;
    const pair = h("div", { class: "ds-pair" }, scheduler.box, sigmas.box, this.about);
    const boxes = [prompt, negative_prompt].map((part) => part.box);
    const rest = [seed, steps, guidance_scale].map((part) => part.box);
    this.view.root.append(alertBox(model, this.view), ...boxes, this.actions.box, ...rest, pair, eta.box);
    this.listSchedulers();
    this.show();
    this.listen();
  }

  listen() {
    const { view, parts, actions, model } = this;
    for (const part of Object.values(parts)) {
      view.listen(part.control, "input", () => this.edited(part));
      if (part.slider) view.listen(part.slider, "input", () => this.edited(part, part.slider.value));
    }
    view.listen(parts.seed.dice, "click", () => this.roll());
    view.listen(parts.seed.lock, "click", () => {
      model.set("seed_locked", !model.get("seed_locked"));
      model.save_changes();
    });
    view.listen(actions.draw, "click", () => this.draw());
    view.listen(actions.stop, "click", () => model.send({ type: "stop" }));
    view.listen(view.root, "keydown", (event) => this.key(event));
    view.watch("values seed_locked notes problems running progress status actions", () => this.show());
    view.watch("catalogue", () => {
      this.listSchedulers();
      this.show();
    });
    view.undo(() => {
      this.push.flush();
      this.push.cancel();
    });
  }

  key(event) {
    if (!this.model.get("actions")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.draw();
    else if (event.key === "Escape" && this.model.get("running")) this.model.send({ type: "stop" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  edited(part, value = part.control.value) {
    const before = this.local();
    if (part.control.value !== value) part.control.value = value;
    this.dirty.add(part.key);
    if (part.key === "scheduler") {
      const row = rowOf(this.model, value);
      this.listSigmas(row, sigmasAfter(rowOf(this.model, before.scheduler), row, before.sigmas));
      this.dirty.add("sigmas");
    }
    this.model.set("values", this.local());
    this.push();
  }

  /** The trait, with what the controls hold and Python has not got. */
  local() {
    const values = { ...this.model.get("values") };
    for (const key of this.dirty) {
      const text = this.parts[key].control.value;
      values[key] = key in NUMBERS ? toNumber(text) : key === "sigmas" ? text || null : text;
    }
    return values;
  }

  flush() {
    this.model.set("values", this.local());
    this.dirty.clear();
    this.model.save_changes();
  }

  roll() {
    this.parts.seed.control.value = String(crypto.getRandomValues(new Uint32Array(1))[0]);
    this.edited(this.parts.seed);
  }

  draw() {
    if (!this.model.get("seed_locked")) this.roll();
    this.push.cancel();
    this.flush();
    // the message carries the values: it may overtake the trait
    this.model.send({ type: "draw", values: this.model.get("values") });
  }

  listSchedulers() {
    const option = (row) => h("option", { value: row.name }, row.name);
    const groups = grouped(this.model.get("catalogue")).map(([name, rows]) => h("optgroup", { label: name }, ...rows.map(option)));
    this.parts.scheduler.control.replaceChildren(...groups);
  }

  listSigmas(row, chosen) {
    const { control } = this.parts.sigmas;
    const names = row?.sigmas ?? [];
    if (control.dataset.row !== row?.name) {
      const text = (name, place) => (place === 0 ? `${name} (usual)` : name);
      control.replaceChildren(...names.map((name, place) => h("option", { value: name }, text(name, place))));
      control.dataset.row = row?.name ?? "";
    }
    control.value = chosen ?? names[0] ?? "";
  }

  show() {
    const values = this.local();
    const row = rowOf(this.model, values.scheduler);
    for (const part of Object.values(this.parts)) this.showPart(part, values[part.key]);
    this.listSigmas(row, values.sigmas);
    this.about.textContent = row?.note ?? "";
    this.cost.hidden = !doubled(values.guidance_scale);
    this.parts.eta.box.hidden = row?.random !== "eta" && !values.eta;
    this.showLock();
    this.showActions();
  }

  showPart(part, value) {
    const text = value === null || value === undefined ? "" : String(value);
    const known = part.key !== "sigmas" && !this.dirty.has(part.key);
    if (known && part.control.value !== text) part.control.value = text;
    if (part.slider) showSlider(part, value);
    const problem = this.model.get("problems")[part.key] ?? "";
    const note = problem ? "" : this.model.get("notes")[part.key] ?? "";
    part.problem.textContent = problem;
    part.note.textContent = note;
    if (problem) part.control.setAttribute("aria-invalid", "true");
    else part.control.removeAttribute("aria-invalid");
    // a note on these two always says "no effect"
    part.box.classList.toggle("ds-idle", Boolean(note) && ["negative_prompt", "eta"].includes(part.key));
  }

  showLock() {
    const { lock } = this.parts.seed;
    const locked = this.model.get("seed_locked");
    lock.setAttribute("aria-pressed", String(locked));
    lock.title = locked ? "Every Draw uses this seed" : "Every Draw picks a new seed";
    lock.replaceChildren(icon(locked ? "locked" : "open"), "keep");
  }

  showActions() {
    const { box, stop, bar, status } = this.actions;
    const [done, total] = this.model.get("progress");
    const running = this.model.get("running");
    box.hidden = !this.model.get("actions");
    stop.disabled = !running;
    status.textContent = this.model.get("status");
    bar.classList.toggle("ds-quiet", !running);
    bar.value = total ? done / total : 0;
  }
}

function render({ model, el }) {
  const form = new Form(model, el);
  return () => form.view.end();
}

export default { render };
