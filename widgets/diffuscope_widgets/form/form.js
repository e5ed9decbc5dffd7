// synced: values, seed_locked (Python reads them; writes throttled).  local: which fields hold edits not sent yet.
import { h, setInvalid } from "../base/dom.js";
import { alertBox, push, scope, throttle, write } from "../base/sync.js";
import { rollSeed, showLock, showSlider } from "../parts/controls/fields.js";
import { grouped, scheduleAfter, usualFirst } from "../parts/schedulers.js";
import { build, buildActions, isIdle, isSet, readField } from "./controls.js";
import { Tools } from "./recipe_tools.js";

/** @typedef {import("../base/wire.js").FormTraits} FormTraits */
/** @typedef {import("../base/wire.js").SchedulerRow} SchedulerRow */
/** @typedef {import("../base/wire.js").Value} Value */
/** @typedef {import("./controls.js").Part} Part */

const SAVED = "This is a saved page: everything can be looked at, nothing drawn. That needs the notebook it came from.";

class PromptForm {
  /** Fields that hold edits. @type {Set<string>} */
  edited = new Set();
  asked = false; // for a run, and the kernel has not answered yet
  listed = ""; // the scheduler whose schedules are listed
  about = h("p", { class: "ds-about" });
  actions = buildActions();

  /**
   * @param {import("../base/sync.js").Model<FormTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "form");
    this.controls = build(model.get("fields"));
    this.tools = new Tools(model, this.view);
    this.save = throttle(() => (model.get("live") && this.canDraw() ? this.send() : this.flush()), 120);
    const pair = h("div", { class: "ds-pair" }, ...this.boxes("scheduler"), this.about);
    // what is seldom needed, folded away until it holds something
    const title = h("summary", { "data-lm-suppress-shortcuts": "true" }, "More settings");
    this.more = h("details", { class: "ds-more" }, title, h("div", { class: "ds-pair" }, ...this.boxes("more")));
    const { box, blocked } = this.actions;
    this.view.root.append(alertBox(model, this.view), ...this.boxes("prompt"), box, blocked, ...this.boxes("main"));
    this.view.root.append(pair, ...this.boxes("extra"), this.more, this.tools.box);
    this.listSchedulers();
    this.show();
    this.listen();
  }

  get fields() {
    return Object.entries(this.controls.parts);
  }

  /**
   * The fields of one group.
   * @param {string} group
   */
  boxes(group) {
    return this.fields.filter(([, { row }]) => row.group === group).map(([, { box }]) => box);
  }

  listen() {
    const { view, controls, actions, model } = this;
    for (const [key, part] of this.fields) {
      view.listen(part.control, "input", () => this.edit(key));
      if (!("slider" in part)) continue;
      view.listen(part.slider, "input", () => {
        part.control.value = part.slider.value;
        this.edit(key);
      });
    }
    view.listen(controls.dice, "click", () => this.roll());
    view.listen(controls.lock, "click", () => write(model, { seed_locked: !model.get("seed_locked") }));
    view.listen(actions.draw, "click", () => this.draw());
    view.listen(actions.stop, "click", () => model.send({ type: "stop" }));
    view.listen(actions.live, "change", () => write(model, { live: actions.live.checked }));
    view.listen(view.root, "keydown", (event) => this.key(event));
    view.watch("values seed_locked notes problems unread hidden code", () => this.show());
    view.watch("running progress status actions blocked live", () => this.show());
    view.watch("running status problems error", () => {
      this.asked = false;
    });
    view.watch("catalogue", () => {
      this.listSchedulers();
      this.show();
    });
    view.undo(() => {
      this.save.flush();
      this.save.cancel();
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.canDraw()) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.draw();
    else if (event.key === "Escape" && (this.model.get("running") || this.asked)) this.model.send({ type: "stop" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * A control holds something else now.
   * @param {string} key
   */
  edit(key) {
    const before = this.local();
    this.edited.add(key);
    if (key === "scheduler") {
      const row = this.rowOf(this.controls.parts.scheduler.control.value);
      const chosen = before.schedule === null ? null : String(before.schedule);
      this.listSchedules(row, scheduleAfter(this.rowOf(before.scheduler), row, chosen));
      this.edited.add("schedule");
    }
    this.model.set("values", this.local());
    this.save();
  }

  /** The trait, with what the controls hold and Python has not got. */
  local() {
    const values = { ...this.model.get("values") };
    for (const key of this.edited) {
      const { row, control } = this.controls.parts[key];
      values[key] = readField(row, control.value);
    }
    return values;
  }

  /** What is sent: all there is. */
  take() {
    const values = this.local();
    this.edited.clear();
    return { values };
  }

  flush() {
    write(this.model, this.take());
  }

  send() {
    push(this.model, this.take(), "draw");
    this.asked = true;
  }

  roll() {
    this.controls.parts.seed.control.value = String(rollSeed(Number(this.controls.parts.seed.row.high)));
    this.edit("seed");
  }

  draw() {
    if (!this.model.get("seed_locked")) this.roll();
    this.save.cancel();
    const wrong = this.fields.find(([key]) => this.model.get("problems")[key] && !this.edited.has(key));
    wrong?.[1].control.focus(); // it says why nothing is drawn
    this.send();
  }

  canDraw() {
    return this.model.get("actions") && !this.blocked();
  }

  /** Why nothing can be drawn here; "" where something can. */
  blocked() {
    return this.model.saved ? SAVED : this.model.get("blocked");
  }

  /** @param {Value} name */
  rowOf(name) {
    return this.model.get("catalogue").find((row) => row.name === name);
  }

  listSchedulers() {
    /** @param {SchedulerRow} row */
    const option = ({ name }) => h("option", { value: name }, name);
    const groups = grouped(this.model.get("catalogue"));
    const made = groups.map(([label, rows]) => h("optgroup", { label }, ...rows.map(option)));
    this.controls.parts.scheduler.control.replaceChildren(...made);
  }

  /**
   * @param {SchedulerRow | undefined} row
   * @param {Value} chosen
   */
  listSchedules(row, chosen) {
    const { control } = this.controls.parts.schedule;
    const names = row?.schedules ?? [];
    if (this.listed !== (row?.name ?? "")) {
      control.replaceChildren(...usualFirst(names).map(({ name, text }) => h("option", { value: name }, text)));
      this.listed = row?.name ?? "";
    }
    control.value = String(chosen ?? names[0] ?? "");
  }

  show() {
    const values = this.local();
    const row = this.rowOf(values.scheduler);
    const { lock } = this.controls;
    for (const [key, part] of this.fields) this.showField(key, part, values[key] ?? null);
    this.listSchedules(row, values.schedule);
    this.about.textContent = row?.note ?? "";
    const more = this.fields.filter(([, part]) => part.row.group === "more");
    // never in force unseen
    if (more.some(([key, part]) => isSet(part.row, values[key]) || part.note.textContent || part.problem.textContent)) {
      this.more.open = true;
    }
    showLock(lock, this.model.get("seed_locked"));
    this.showActions();
    this.tools.show();
  }

  /**
   * @param {string} key
   * @param {Part} part
   * @param {Value} value
   */
  showField(key, part, value) {
    const { control, problem, note, box } = part;
    const text = value === null ? "" : String(value);
    if (key !== "schedule" && !this.edited.has(key) && control.value !== text) control.value = text;
    box.hidden = this.model.get("hidden").includes(key);
    if (part.badge) part.badge.hidden = typeof value !== "number" || value <= Number(part.row.badge?.above);
    if ("slider" in part) showSlider(part, typeof value === "number" ? value : null);
    problem.textContent = this.model.get("problems")[key] ?? "";
    note.textContent = problem.textContent ? "" : (this.model.get("notes")[key] ?? "");
    setInvalid(control, problem.textContent !== "");
    box.classList.toggle("ds-idle", isIdle(note.textContent ?? ""));
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

/** @type {import("../base/sync.js").Render<FormTraits>} */
function render({ model, el }) {
  const form = new PromptForm(model, el);
  return () => form.view.end();
}

export default { render };
