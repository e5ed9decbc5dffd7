// synced: scheduler, schedule, steps (Python reads them; writes throttled).  local: what is chosen and not sent yet.
import { h, setSlider, uid } from "../base/dom.js";
import { alertBox, scope, throttle, write } from "../base/sync.js";
import { blame, complaint, selectField, sliderField } from "../parts/controls/fields.js";
import { clamp } from "../parts/numbers.js";
import { grouped, priceOf, scheduleAfter, usualFirst } from "../parts/schedulers.js";
import { announce } from "./channel.js";

/** @typedef {import("../base/wire.js").PickerTraits} PickerTraits */
/** @typedef {import("../base/wire.js").SchedulerRow} SchedulerRow */
/** @typedef {import("../base/wire.js").ScheduleChoice} ScheduleChoice */

/** @type {Record<string, string>} */
const GROUPS = {
  deterministic: "One noise leads to one picture; more steps come closer to it.",
  random: "Fresh noise at every step: more steps lead elsewhere, not closer.",
  "few-step": "For models distilled to a few steps; poor on others.",
  flow: "For models trained on flow matching, such as SD3 and Flux.",
};

/**
 * Steps the slider offers, as [fewest, most].
 * @param {[number, number]} steps
 * @param {number} end of the slider: where it is still easy to aim
 */
export const span = ([fewest, most], end) => [fewest, Math.min(most, end)];

/**
 * @param {SchedulerRow} row
 * @param {string} group
 */
function choice(row, group) {
  const name = h("b", { id: uid() }, row.name);
  const note = h("span", { class: "ds-note", id: uid() }, row.note);
  const described = { "aria-labelledby": name.id, "aria-describedby": note.id };
  const radio = h("input", { type: "radio", name: group, value: row.name, ...described });
  return { radio, box: h("label", { class: "ds-choice" }, radio, name, note) };
}

class SchedulerPicker {
  /** @type {HTMLInputElement[]} */
  radios = [];
  /** @type {ScheduleChoice} */
  now = { scheduler: "", schedule: null, steps: 1 };
  groups = h("div", { class: "ds-groups" });
  schedule = selectField("Noise levels");
  price = h("p", { class: "ds-price", "aria-live": "polite" });
  save = throttle(() => this.send(), 100);

  /**
   * @param {import("../base/sync.js").Model<PickerTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "schedulers");
    this.end = model.get("limits").steps_slider;
    this.steps = sliderField("Steps", { low: 1, high: this.end, step: 1 }, { min: 1, step: 1 });
    const controls = h("div", { class: "ds-controls" }, this.schedule.box, this.steps.box, this.price);
    this.view.root.append(alertBox(model, this.view), this.groups, controls);
    this.list();
    this.adopt();
    this.listen();
  }

  listen() {
    const { view, groups, schedule, steps } = this;
    view.listen(groups, "change", (event) => this.pick(event.target.value));
    view.listen(schedule.control, "change", () => this.choose({ schedule: schedule.control.value }));
    view.listen(steps.slider, "input", () => this.choose({ steps: Number(steps.slider.value) }));
    view.listen(steps.slider, "change", () => this.save.flush());
    view.listen(steps.control, "input", () => this.typed());
    view.listen(steps.control, "blur", () => this.show());
    view.watch("scheduler schedule steps", () => this.save.waiting() || this.adopt());
    view.watch("catalogue", () => {
      this.list();
      this.adopt();
    });
    view.undo(() => {
      this.save.flush();
      this.save.cancel();
      announce(this.model, null);
    });
  }

  /**
   * The row of a scheduler; the first one for a name that is not in the catalogue.
   * @param {string} name
   */
  rowOf(name) {
    const catalogue = this.model.get("catalogue");
    return catalogue.find((row) => row.name === name) ?? catalogue[0];
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
    const scheduler = this.model.get("scheduler");
    const schedule = this.model.get("schedule") ?? this.rowOf(scheduler).schedules[0];
    this.now = { scheduler, schedule, steps: this.model.get("steps") };
    this.show();
    announce(this.model, this.now);
  }

  /** @param {string} scheduler */
  pick(scheduler) {
    const [before, after] = [this.rowOf(this.now.scheduler), this.rowOf(scheduler)];
    const [fewest, most] = after.steps;
    const schedule = scheduleAfter(before, after, this.now.schedule);
    this.choose({ scheduler, schedule, steps: clamp(this.now.steps, fewest, most) });
  }

  typed() {
    const text = this.steps.control.value;
    const wrong = complaint(text, ...this.rowOf(this.now.scheduler).steps);
    blame(this.steps, wrong);
    if (!wrong) this.choose({ steps: Number(text) });
  }

  /** @param {Partial<ScheduleChoice>} change */
  choose(change) {
    this.now = { ...this.now, ...change };
    this.show();
    announce(this.model, this.now);
    this.save();
  }

  send() {
    const { scheduler, schedule, steps } = this.now;
    const usual = schedule === this.rowOf(scheduler).schedules[0];
    // one message: Python checks the three against each other
    write(this.model, { scheduler, schedule: usual ? null : schedule, steps });
  }

  show() {
    const { scheduler, schedule, steps } = this.now;
    const row = this.rowOf(scheduler);
    for (const radio of this.radios) radio.checked = radio.value === scheduler;
    const options = usualFirst(row.schedules).map(({ name, text }) => h("option", { value: name }, text));
    this.schedule.control.replaceChildren(...options);
    this.schedule.control.value = schedule ?? row.schedules[0];
    const { control, slider } = this.steps;
    if (Number(control.value) !== steps) control.value = String(steps);
    [slider.min, slider.max] = span(row.steps, this.end).map(String);
    setSlider(slider, steps);
    slider.setAttribute("aria-valuetext", priceOf(row.calls, steps));
    this.price.replaceChildren(h("b", {}, priceOf(row.calls, steps)), " for a picture");
    blame(this.steps, "");
  }
}

/** @type {import("../base/sync.js").Render<PickerTraits>} */
function render({ model, el }) {
  const picker = new SchedulerPicker(model, el);
  return () => picker.view.end();
}

export default { render };
