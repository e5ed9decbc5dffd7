// synced: value (Python reads it; writes throttled).  local: what is typed and not sent yet.
import { alertBox, clamp, h, scope, throttle, uid } from "../base/dom.js";

const HEAVIEST = 3; // what the language allows

/** The tokens among parts, groups opened. */
export const tokensOf = (parts) =>
  parts.flatMap((part) => (part.kind ? part.options.flatMap((o) => tokensOf(o.parts)) : [part]));

/** How a weight is written on a chip: at most two digits behind the point. */
export const times = (weight) => `×${Number(weight.toFixed(2))}`;

/** Length of a weight's bar in percent of the chip. */
export const barOf = (weight) => clamp((100 * weight) / HEAVIEST, 0, 100);

/** What a screen reader says behind a token's text. */
export function remarks({ known, read, weight }) {
  const said = [weight !== 1 && `weight ${Number(weight.toFixed(2))}`, !known && "unknown", !read && "not read"];
  return said
    .filter(Boolean)
    .map((text) => `, ${text}`)
    .join("");
}

/** "12 of 30 tokens": how much of the room is used. */
export function used({ count, room, unit }) {
  if (room === null) return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
  return count > room ? `${count} ${unit}, only ${room} are read` : `${count} of ${room} ${unit}`;
}

/** The signs on the chips that need a word of explanation: class of a sample, and the word. */
export function legend({ parts }) {
  const tokens = tokensOf(parts);
  const found = [];
  if (tokens.some((token) => !token.known)) found.push(["ds-unknown", "the model does not know this word"]);
  if (tokens.some((token) => !token.read)) found.push(["ds-cut", "behind the limit, not read"]);
  return found;
}

/** The whole in one sentence, for the moment when typing pauses. */
export function summary(reading) {
  const tokens = tokensOf(reading.parts);
  const unknown = tokens.filter((token) => !token.known).map((token) => token.text);
  const cut = tokens.filter((token) => !token.read).length;
  return [used(reading), unknown.length && `unknown: ${unknown.join(", ")}`, cut && `${cut} not read`]
    .filter(Boolean)
    .join("; ");
}

/** A text with the stretch from begin to end made heavier or lighter; the stretch is then its words. A1111's Ctrl+Up. */
export function reweigh(text, begin, end, change) {
  while (begin < end && /\s/.test(text[begin])) begin += 1;
  while (end > begin && /\s/.test(text[end - 1])) end -= 1;
  if (begin === end) {
    while (begin > 0 && /[^\s()[\]:|,]/.test(text[begin - 1])) begin -= 1;
    while (end < text.length && /[^\s()[\]:|,]/.test(text[end])) end += 1;
  }
  if (begin === end) return null;
  const tail = text[begin - 1] === "(" ? /^:\s*(\d*\.?\d+)\s*\)/.exec(text.slice(end)) : null;
  const weight = clamp(Math.round(((tail ? Number(tail[1]) : 1) + change) * 100) / 100, 0, HEAVIEST);
  const before = text.slice(0, begin - (tail ? 1 : 0));
  const after = text.slice(end + (tail ? tail[0].length : 0));
  const inner = text.slice(begin, end);
  const open = weight === 1 ? "" : "(";
  const close = weight === 1 ? "" : `:${weight})`;
  const start = before.length + open.length;
  return { text: before + open + inner + close + after, begin: start, end: start + inner.length };
}

const spoken = (text) => h("span", { class: "ds-spoken" }, text);

function chip(token) {
  const { text, position, known, read, weight } = token;
  const marks = [!known && "ds-unknown", !read && "ds-cut", weight > 1 && "ds-heavy", weight < 1 && "ds-light"].filter(
    Boolean,
  );
  const item = h("li", { class: ["ds-token", ...marks].join(" "), title: `token ${position + 1}${remarks(token)}` });
  item.append(
    h("span", { class: "ds-position" }, String(position + 1)),
    h("span", { class: "ds-word", dir: "auto" }, text),
  );
  if (weight !== 1) {
    const bar = h("span", { class: "ds-token-bar" });
    bar.style.setProperty("--ds-weight", `${barOf(weight)}%`);
    item.append(h("span", { class: "ds-times", "aria-hidden": "true" }, times(weight)), bar);
  }
  item.append(spoken(remarks(token)));
  return item;
}

function option({ when, parts, text }) {
  const row = h("li", { class: "ds-option" }, h("span", { class: "ds-when" }, when));
  if (parts.length) row.append(h("ol", { class: "ds-chips" }, ...parts.map(shown)));
  else row.append(h("span", { class: "ds-nothing", dir: "auto" }, text ? `${text} (no step reads it)` : "nothing"));
  return row;
}

function group({ kind, options }) {
  return h("li", { class: "ds-group" }, h("span", { class: "ds-kind" }, kind), h("ul", {}, ...options.map(option)));
}

const sample = ([mark, text]) =>
  h("span", {}, h("span", { class: `ds-sample ${mark}`, "aria-hidden": "true" }, "a"), text);

const shown = (part) => (part.kind ? group(part) : chip(part));

class Box {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "prompt-box");
    this.push = throttle(() => this.flush(), 120);
    this.say = null;
    this.build();
    this.show();
    this.read();
    const { view, area } = this;
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

  build() {
    const [area, problem] = [uid(), uid()];
    this.area = h("textarea", {
      id: area,
      rows: 2,
      dir: "auto",
      spellcheck: "false",
      "aria-describedby": problem,
      "aria-keyshortcuts": "Control+ArrowUp Control+ArrowDown",
      title: "Ctrl+Up and Ctrl+Down change the weight of the word",
    });
    this.label = h("label", { for: area });
    this.used = h("span", { class: "ds-used" });
    this.level = h("div", { class: "ds-level", "aria-hidden": "true" });
    this.problem = h("p", { class: "ds-problem", id: problem, role: "alert" });
    this.list = h("ol", { class: "ds-chips", "aria-label": "Tokens as the model reads them" });
    this.hint = h("p", { class: "ds-soft" });
    this.legend = h("p", { class: "ds-legend ds-soft" });
    this.spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
    const head = h("div", { class: "ds-prompt-head" }, this.label, this.used);
    const below = [this.level, this.problem, this.list, this.legend, this.hint, this.spoken];
    this.view.root.append(alertBox(this.model, this.view), head, this.area, ...below);
  }

  key(event) {
    const change = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
    if (!change || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { area } = this;
    const made = reweigh(area.value, area.selectionStart, area.selectionEnd, change);
    if (!made) return;
    area.value = made.text;
    area.setSelectionRange(made.begin, made.end);
    this.push();
  }

  /** The message carries the value: it may overtake the trait. */
  flush() {
    const { value } = this.area;
    this.model.set("value", value);
    this.model.save_changes();
    this.model.send({ type: "write", value });
    this.age();
  }

  show() {
    const { model, area } = this;
    if (!this.push.waiting() && area.value !== model.get("value")) area.value = model.get("value");
    const problem = model.get("problem");
    this.label.textContent = model.get("label");
    this.problem.textContent = problem;
    this.hint.textContent = model.get("status");
    if (problem) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
    this.age();
  }

  read() {
    const reading = this.model.get("reading");
    if (!reading.parts) return;
    this.list.replaceChildren(...reading.parts.map(shown));
    if (reading.more) this.list.append(h("li", { class: "ds-soft" }, `and ${reading.more} more`));
    this.list.hidden = !reading.parts.length;
    this.used.textContent = used(reading);
    this.level.hidden = reading.room === null;
    this.level.style.setProperty("--ds-level", `${clamp((100 * reading.count) / (reading.room || 1), 0, 100)}%`);
    for (const part of [this.used, this.level])
      part.classList.toggle("ds-over", reading.room !== null && reading.count > reading.room);
    this.legend.replaceChildren(...legend(reading).map(sample));
    this.age();
    clearTimeout(this.say);
    this.say = setTimeout(() => (this.spoken.textContent = summary(reading)), 800);
  }

  /** Chips of an older text are pale until Python has read the new one. */
  age() {
    this.list.classList.toggle("ds-old", this.model.get("reading").source !== this.model.get("value"));
  }
}

function render({ model, el }) {
  const box = new Box(model, el);
  return () => box.view.end();
}

export default { render };
