// synced: values, seed_locked (Python reads them; writes throttled).  local: which fields hold edits not sent yet.

import { alertBox, h, icon, scope, throttle } from "../base/dom.js";
import { grouped, scheduleAfter } from "../parts/schedulers.js";
import {
  isIdle,
  numberField,
  readField,
  seedField,
  selectField,
  showSlider,
  sliderField,
  textField,
} from "./controls.js";
import { Tools } from "./recipe_tools.js";

/** Whether a step asks the network twice. */
export const doubled = (guidance) => guidance !== null && guidance > 1;

const rowOf = (model, name) => model.get("catalogue").find((row) => row.name === name);

const SAVED = "This is a saved page: everything can be looked at, nothing drawn. That needs the notebook it came from.";
const SIDE = { min: 8, max: 4096, step: 8 }; // pixels

function build() {
  const cost = h(
    "span",
    { class: "ds-badge", title: "Two network calls a step: with the prompt and without" },
    "×2 cost",
  );
  const parts = {
    prompt: textField("prompt", 3, "What the picture shows"),
    negative_prompt: textField("negative_prompt", 1, "What to steer away from"),
    seed: seedField(),
    steps: sliderField("steps"),
    guidance_scale: sliderField("guidance_scale", cost),
    scheduler: selectField("scheduler"),
    schedule: selectField("schedule"),
    eta: sliderField("eta"),
    width: numberField("width", "auto", SIDE),
    height: numberField("height", "auto", SIDE),
    variation_seed: numberField("variation_seed", "none", { min: 0, step: 1 }),
    variation_strength: sliderField("variation_strength"),
  };
  const about = h("p", { class: "ds-about" });
  return { parts, about, cost };
}

/** What is seldom needed, folded away until it holds something. */
function folded({ width, height, variation_seed, variation_strength }) {
  const inside = h("div", { class: "ds-pair" }, variation_seed.box, variation_strength.box, width.box, height.box);
  return h(
    "details",
    { class: "ds-more" },
    h("summary", { "data-lm-suppress-shortcuts": "true" }, "Variation and size"),
    inside,
  );
}

const FOLDED = ["variation_seed", "variation_strength", "width", "height"];

function actionBar() {
  const draw = h(
    "button",
    { type: "button", class: "ds-main", title: "Ctrl+Enter in the prompt" },
    icon("play"),
    "Draw",
  );
  const stop = h("button", { type: "button", title: "Escape" }, "Stop");
  const live = h("input", { type: "checkbox" });
  const each = h(
    "label",
    { class: "ds-live", title: "Every change draws at once; a newer one replaces it" },
    live,
    "at every change",
  );
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run" });
  const status = h("p", { class: "ds-status", "aria-live": "polite" });
  const blocked = h("p", { class: "ds-blocked" });
  const box = h("div", { class: "ds-actions" }, h("div", { class: "ds-line" }, draw, stop, each), bar, status);
  return { draw, stop, live, bar, status, blocked, box };
}

class Form {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "form");
    Object.assign(this, build(), { actions: actionBar(), tools: new Tools(model, this.view) });
    this.dirty = new Set();
    this.asked = false; // a run, and the kernel has not answered yet
    this.push = throttle(() => (model.get("live") && this.canDraw() ? this.send() : this.flush()), 120);
    const { prompt, negative_prompt, seed, steps, guidance_scale, scheduler, schedule, eta } = this.parts;
    const pair = h("div", { class: "ds-pair" }, scheduler.box, schedule.box, this.about);
    const boxes = [prompt, negative_prompt].map((part) => part.box);
    const rest = [seed, steps, guidance_scale].map((part) => part.box);
    this.more = folded(this.parts);
    const { box, blocked } = this.actions;
    this.view.root.append(
      alertBox(model, this.view),
      ...boxes,
      box,
      blocked,
      ...rest,
      pair,
      eta.box,
      this.more,
      this.tools.box,
    );
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
    view.listen(actions.live, "change", () => {
      model.set("live", actions.live.checked);
      model.save_changes();
    });
    view.listen(view.root, "keydown", (event) => this.key(event));
    view.watch("values seed_locked notes problems running progress status actions blocked live code", () =>
      this.show(),
    );
    view.watch("running status problems error", () => (this.asked = false));
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
    if (!this.canDraw()) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.draw();
    else if (event.key === "Escape" && (this.model.get("running") || this.asked)) this.model.send({ type: "stop" });
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
      this.listSchedules(row, scheduleAfter(rowOf(this.model, before.scheduler), row, before.schedule));
      this.dirty.add("schedule");
    }
    this.model.set("values", this.local());
    this.push();
  }

  /** The trait, with what the controls hold and Python has not got. */
  local() {
    const values = { ...this.model.get("values") };
    for (const key of this.dirty) values[key] = readField(key, this.parts[key].control.value);
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
    this.send();
  }

  send() {
    this.flush();
    // the message carries the values: it may overtake the trait
    this.model.send({ type: "draw", values: this.model.get("values") });
    this.asked = true;
  }

  canDraw() {
    return this.model.get("actions") && !this.blocked();
  }

  /** Why nothing can be drawn here; "" where something can. */
  blocked() {
    return this.model.saved ? SAVED : this.model.get("blocked");
  }

  listSchedulers() {
    const option = (row) => h("option", { value: row.name }, row.name);
    const groups = grouped(this.model.get("catalogue")).map(([name, rows]) =>
      h("optgroup", { label: name }, ...rows.map(option)),
    );
    this.parts.scheduler.control.replaceChildren(...groups);
  }

  listSchedules(row, chosen) {
    const { control } = this.parts.schedule;
    const names = row?.schedules ?? [];
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
    this.listSchedules(row, values.schedule);
    this.about.textContent = row?.note ?? "";
    this.cost.hidden = !doubled(values.guidance_scale);
    this.parts.eta.box.hidden = row?.random !== "eta" && !values.eta;
    const held = values.variation_seed != null || values.variation_strength; // never in force unseen
    const told = FOLDED.some((key) => this.parts[key].note.textContent || this.parts[key].problem.textContent);
    if (held || told) this.more.open = true;
    this.showLock();
    this.showActions();
    this.tools.show();
  }

  showPart(part, value) {
    const text = value === null || value === undefined ? "" : String(value);
    const known = part.key !== "schedule" && !this.dirty.has(part.key);
    if (known && part.control.value !== text) part.control.value = text;
    if (part.slider) showSlider(part, value);
    const problem = this.model.get("problems")[part.key] ?? "";
    const note = problem ? "" : (this.model.get("notes")[part.key] ?? "");
    part.problem.textContent = problem;
    part.note.textContent = note;
    if (problem) part.control.setAttribute("aria-invalid", "true");
    else part.control.removeAttribute("aria-invalid");
    part.box.classList.toggle("ds-idle", isIdle(note));
  }

  showLock() {
    const { lock } = this.parts.seed;
    const locked = this.model.get("seed_locked");
    lock.setAttribute("aria-pressed", String(locked));
    lock.title = locked ? "Every Draw uses this seed" : "Every Draw picks a new seed";
    lock.replaceChildren(icon(locked ? "locked" : "open"), "keep");
  }

  showActions() {
    const { box, stop, live, bar, status, blocked } = this.actions;
    const [done, total] = this.model.get("progress");
    const running = this.model.get("running");
    box.hidden = !this.canDraw();
    blocked.textContent = this.model.get("actions") ? this.blocked() : "";
    stop.disabled = !running;
    live.checked = this.model.get("live");
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
