// synced: value (Python reads it; writes throttled).  local: what is typed and not sent yet.
import { h, setInvalid, uid } from "../base/dom.js";
import { alertBox, push, scope, throttle } from "../base/sync.js";
import { clamp } from "../parts/numbers.js";
import { legend, partOf, summary, used } from "./tokens.js";
import { reweigh } from "./weights.js";

/** @typedef {import("../base/wire.js").PromptTraits} PromptTraits */

/** @param {string[]} sign */
const sample = ([mark, text]) =>
  h("span", {}, h("span", { class: `ds-sample ${mark}`, "aria-hidden": "true" }, "a"), text);

class PromptBox {
  push = throttle(() => this.flush(), 120);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  say;
  problem = h("p", { class: "ds-problem", id: uid(), role: "alert" });
  area = h("textarea", {
    id: uid(),
    rows: 2,
    dir: "auto",
    spellcheck: "false",
    "aria-describedby": this.problem.id,
    "aria-keyshortcuts": "Control+ArrowUp Control+ArrowDown",
    title: "Ctrl+Up and Ctrl+Down change the weight of the word",
  });
  label = h("label", { for: this.area.id });
  used = h("span", { class: "ds-used" });
  level = h("div", { class: "ds-level", "aria-hidden": "true" });
  list = h("ol", { class: "ds-chips", "aria-label": "Tokens as the model reads them" });
  hint = h("p", { class: "ds-about" });
  legend = h("p", { class: "ds-legend ds-about" });
  spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });

  /**
   * @param {import("../base/sync.js").Model<PromptTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "prompt-box");
    this.heaviest = model.get("limits").weight;
    const { view, area } = this;
    const head = h("div", { class: "ds-head" }, this.label, this.used);
    const below = [this.level, this.problem, this.list, this.legend, this.hint, this.spoken];
    view.root.append(alertBox(model, view), head, area, ...below);
    this.show();
    this.read();
    view.listen(area, "input", () => this.push());
    view.listen(area, "keydown", (event) => this.key(event));
    view.watch("value label problem status", () => this.show());
    view.watch("reading", () => this.read());
    view.undo(() => {
      clearTimeout(this.say);
      this.push.flush();
      this.push.cancel();
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const change = event.key === "ArrowUp" ? 0.1 : event.key === "ArrowDown" ? -0.1 : 0;
    if (!change || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { area } = this;
    const made = reweigh(area.value, area.selectionStart, area.selectionEnd, change, this.heaviest);
    if (!made) return;
    area.value = made.text;
    area.setSelectionRange(made.begin, made.end);
    this.push();
  }

  flush() {
    push(this.model, { value: this.area.value });
    this.age();
  }

  show() {
    const { model, area } = this;
    const problem = model.get("problem");
    if (!this.push.waiting() && area.value !== model.get("value")) area.value = model.get("value");
    this.label.textContent = model.get("label");
    this.problem.textContent = problem;
    this.hint.textContent = model.get("status");
    setInvalid(area, problem !== "");
    this.age();
  }

  read() {
    const reading = this.model.get("reading");
    if (!reading.parts) return;
    const { count, room, parts, more } = reading;
    this.list.replaceChildren(...parts.map((part) => partOf(part, this.heaviest)));
    if (more) this.list.append(h("li", { class: "ds-about" }, `and ${more} more`));
    this.list.hidden = !parts.length;
    this.used.textContent = used(reading);
    this.level.hidden = room === null;
    this.level.style.setProperty("--ds-level", `${clamp((100 * count) / (room || 1), 0, 100)}%`);
    for (const part of [this.used, this.level]) part.classList.toggle("ds-over", room !== null && count > room);
    this.legend.replaceChildren(...legend(reading).map(sample));
    this.age();
    clearTimeout(this.say);
    this.say = setTimeout(() => {
      this.spoken.textContent = summary(reading);
    }, 800);
  }

  /** Chips of an older text are pale until Python has read the new one. */
  age() {
    this.list.classList.toggle("ds-old", this.model.get("reading").source !== this.model.get("value"));
  }
}

/** @type {import("../base/sync.js").Render<PromptTraits>} */
function render({ model, el }) {
  const box = new PromptBox(model, el);
  return () => box.view.end();
}

export default { render };
