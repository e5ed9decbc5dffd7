// The controls of the prompt form: a label, a control, and the two lines below it that say what is wrong or in vain.
import { h, icon, setSlider, uid } from "../base/dom.js";

const NUMBERS = {
  seed: {},
  variation_seed: {},
  width: {},
  height: {},
  steps: { low: 1, high: 60, step: 1 },
  guidance_scale: { low: 1, high: 20, step: 0.5 },
  eta: { low: 0, high: 1, step: 0.05 },
  variation_strength: { low: 0, high: 1, step: 0.05 },
};
const TITLES = {
  prompt: "Prompt",
  negative_prompt: "Negative prompt",
  seed: "Seed",
  steps: "Steps",
  guidance_scale: "Guidance",
  scheduler: "Scheduler",
  schedule: "Noise levels",
  eta: "Eta",
  width: "Width",
  height: "Height",
  variation_seed: "Variation seed",
  variation_strength: "Variation strength",
};

/** What a number box holds; null for an empty one, which is the model's own default. */
export const toNumber = (text) => (text.trim() === "" ? null : Number(text));

/** What the text of a control stands for in a Settings. */
export const readField = (key, text) => (key in NUMBERS ? toNumber(text) : key === "schedule" ? text || null : text);

/** Whether a note says that the control has no effect. */
export const isIdle = (note) => note.startsWith("No ");

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

export function textField(key, rows, placeholder) {
  const part = field(key, h("textarea", { rows, placeholder, dir: "auto", spellcheck: "false" }));
  part.box.append(part.control, part.problem, part.note);
  return part;
}

export function selectField(key) {
  const part = field(key, h("select"));
  part.box.append(part.control, part.problem, part.note);
  return part;
}

/** A number box and a slider that hold the same value. */
export function sliderField(key, ...beside) {
  const { low, high, step } = NUMBERS[key];
  const control = h("input", { type: "number", min: 0, step: "any", placeholder: "auto" });
  const slider = h("input", { type: "range", min: low, max: high, step, "aria-label": `${TITLES[key]} slider` });
  const part = field(key, control, ...beside, control);
  part.box.append(slider, part.problem, part.note);
  return Object.assign(part, { slider });
}

/** The model's own value is not known yet: the knob waits in the middle, pale. */
export function showSlider({ key, slider }, value) {
  const { low, high } = NUMBERS[key];
  setSlider(slider, value ?? (low + high) / 2);
  slider.classList.toggle("ds-auto", value === null);
}

export function seedField() {
  const control = h("input", { type: "number", min: 0, max: 2 ** 32 - 1, step: 1 });
  const part = field("seed", control);
  const dice = h("button", { type: "button", title: "Another seed", "aria-label": "Another seed" }, icon("dice"));
  const lock = h("button", { type: "button", class: "ds-lock" });
  part.box.append(h("div", { class: "ds-line" }, control, dice, lock), part.problem, part.note);
  return Object.assign(part, { dice, lock });
}

/** A number box alone, such as a width in pixels. */
export function numberField(key, placeholder, limits) {
  const part = field(key, h("input", { type: "number", placeholder, ...limits }));
  part.box.append(part.control, part.problem, part.note);
  return part;
}
