// synced: scheduler, schedule, steps (Python reads them; writes throttled).  local: what is chosen and not sent yet.
// Every choice is told on the page too, as an event of this name, so that a view of it need not wait for Python.

import { alertBox, clamp, h, scope, setSlider, throttle, uid } from "../base/dom.js";
import { grouped, priceOf, scheduleAfter } from "../parts/schedulers.js";

const TOLD = "diffuscope-schedule";
const MOST = 60; // of the slider; the box beside it takes more
const GROUPS = {
  deterministic: "One noise leads to one picture; more steps come closer to it.",
  random: "Fresh noise at every step: more steps lead elsewhere, not closer.",
  "few-step": "For models distilled to a few steps; poor on others.",
  flow: "For models trained on flow matching, such as SD3 and Flux.",
};

/** Steps the slider offers, as [fewest, most]. */
export const span = ([fewest, most]) => [fewest, Math.min(most, MOST)];

/** What a number box says is wrong with it; "" for nothing. */
export function complaint(text, [fewest, most]) {
  const number = Number(text);
  const good = text.trim() !== "" && Number.isInteger(number) && number >= fewest && number <= most;
  return good ? "" : `A whole number from ${fewest} to ${most}.`;
}

function choice(row, group) {
  const ids = [uid(), uid()];
  const radio = h("input", {
    type: "radio",
    name: group,
    value: row.name,
    "aria-labelledby": ids[0],
    "aria-describedby": ids[1],
  });
  const note = h("span", { class: "ds-note", id: ids[1] }, row.note);
  return { radio, box: h("label", { class: "ds-choice" }, radio, h("b", { id: ids[0] }, row.name), note) };
}

function build() {
  const ids = [uid(), uid(), uid()];
  const groups = h("div", { class: "ds-groups" });
  const schedule = h("select", { id: ids[0] });
  const steps = h("input", { type: "number", min: 1, step: 1, id: ids[1], "aria-describedby": ids[2] });
  const slider = h("input", { type: "range", min: 1, max: MOST, step: 1, "aria-label": "Steps slider" });
  const problem = h("p", { class: "ds-problem", id: ids[2] });
  const price = h("p", { class: "ds-price", "aria-live": "polite" });
  const levels = h("div", { class: "ds-field" }, h("label", { for: ids[0] }, "Noise levels"), schedule);
  const count = h(
    "div",
    { class: "ds-field" },
    h("div", { class: "ds-head" }, h("label", { for: ids[1] }, "Steps"), steps),
    slider,
    problem,
  );
  return {
    groups,
    schedule,
    steps,
    slider,
    problem,
    price,
    controls: h("div", { class: "ds-controls" }, levels, count, price),
  };
}

class Picker {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "schedulers");
    Object.assign(this, build());
    this.view.root.append(alertBox(model, this.view), this.groups, this.controls);
    this.save = throttle(() => this.push(), 100);
    this.list();
    this.adopt();
    this.listen();
  }

  listen() {
    const { view, groups, schedule, steps, slider } = this;
    view.listen(groups, "change", (event) => this.pick(event.target.value));
    view.listen(schedule, "change", () => this.choose({ schedule: schedule.value }));
    view.listen(slider, "input", () => this.choose({ steps: Number(slider.value) }));
    view.listen(slider, "change", () => this.save.flush());
    view.listen(steps, "input", () => this.type());
    view.listen(steps, "blur", () => this.show());
    view.watch("scheduler schedule steps", () => this.save.waiting() || this.adopt());
    view.watch("catalogue", () => {
      this.list();
      this.adopt();
    });
    view.undo(() => {
      this.save.flush();
      this.save.cancel();
      this.tell(null);
    });
  }

  rowOf(name) {
    return this.model.get("catalogue").find((row) => row.name === name);
  }

  list() {
    const name = uid();
    this.radios = [];
    const fields = grouped(this.model.get("catalogue")).map(([group, rows]) => {
      const choices = rows.map((row) => choice(row, name));
      this.radios.push(...choices.map((made) => made.radio));
      const about = h("p", { class: "ds-about" }, GROUPS[group] ?? "");
      return h("fieldset", {}, h("legend", {}, group), about, ...choices.map((made) => made.box));
    });
    this.groups.replaceChildren(...fields);
  }

  /** Take over what Python, or another view of this model, has chosen. */
  adopt() {
    const [scheduler, schedule, steps] = ["scheduler", "schedule", "steps"].map((name) => this.model.get(name));
    this.now = { scheduler, schedule: schedule ?? this.rowOf(scheduler)?.schedules[0], steps };
    this.show();
    this.tell(this.now);
  }

  pick(name) {
    const [before, after] = [this.rowOf(this.now.scheduler), this.rowOf(name)];
    const [fewest, most] = after.steps;
    const { schedule, steps } = this.now;
    this.choose({
      scheduler: name,
      schedule: scheduleAfter(before, after, schedule),
      steps: clamp(steps, fewest, most),
    });
  }

  type() {
    const wrong = complaint(this.steps.value, this.rowOf(this.now.scheduler).steps);
    this.blame(wrong);
    if (!wrong) this.choose({ steps: Number(this.steps.value) });
  }

  choose(change) {
    this.now = { ...this.now, ...change };
    this.show();
    this.tell(this.now);
    this.save();
  }

  push() {
    const { scheduler, schedule, steps } = this.now;
    const usual = schedule === this.rowOf(scheduler).schedules[0];
    // one message: Python checks the three against each other
    for (const [name, value] of Object.entries({ scheduler, schedule: usual ? null : schedule, steps }))
      this.model.set(name, value);
    this.model.save_changes();
  }

  tell(detail) {
    document.dispatchEvent(new CustomEvent(`${TOLD}-${this.model.get("channel")}`, { detail }));
  }

  show() {
    const { scheduler, schedule, steps } = this.now;
    const row = this.rowOf(scheduler);
    if (!row) return;
    for (const radio of this.radios) radio.checked = radio.value === scheduler;
    const text = (name, place) => (place === 0 ? `${name} (usual)` : name);
    this.schedule.replaceChildren(
      ...row.schedules.map((name, place) => h("option", { value: name }, text(name, place))),
    );
    this.schedule.value = schedule;
    if (Number(this.steps.value) !== steps) this.steps.value = steps;
    [this.slider.min, this.slider.max] = span(row.steps);
    setSlider(this.slider, steps);
    this.slider.setAttribute("aria-valuetext", priceOf(row.calls, steps));
    this.price.replaceChildren(h("b", {}, priceOf(row.calls, steps)), " for a picture");
    this.blame("");
  }

  blame(text) {
    this.problem.textContent = text;
    if (text) this.steps.setAttribute("aria-invalid", "true");
    else this.steps.removeAttribute("aria-invalid");
  }
}

function render({ model, el }) {
  const picker = new Picker(model, el);
  return () => picker.view.end();
}

export default { render };
