// The controls of the prompt form: which control each field of a Settings has, and what its text stands for.
import { h, icon } from "../base/dom.js";
import {
  diceButton,
  lockButton,
  numberField,
  seedField,
  selectField,
  sliderField,
  textField,
} from "../parts/controls/fields.js";

/** @typedef {import("../parts/controls/fields.js").Field} Field */
/** @typedef {import("../parts/controls/fields.js").SliderField} SliderField */
/** @typedef {ReturnType<typeof build>} Controls */

const TEXTS = ["prompt", "negative_prompt", "scheduler"]; // what is empty there is text, not the model's default
const NUMBERS = ["seed", "steps", "guidance_scale", "eta", "width", "height", "variation_seed", "variation_strength"];

/**
 * What a number box holds; null for an empty one, which is the model's own default.
 * @param {string} text
 */
export const toNumber = (text) => (text.trim() === "" ? null : Number(text));

/**
 * What the text of a control stands for in a Settings.
 * @param {string} key
 * @param {string} text
 */
export function readField(key, text) {
  if (NUMBERS.includes(key)) return toNumber(text);
  return TEXTS.includes(key) ? text : text || null;
}

/**
 * Whether a note says that the control has no effect.
 * @param {string} note
 */
export const isIdle = (note) => note.startsWith("No ");

const SHARE = { low: 0, high: 1, step: 0.05 };
const AUTO = { min: 0, step: "any", placeholder: "auto" };

/** @param {import("../base/wire.js").Limits} limits */
export function build(limits) {
  const [low, high, step] = limits.side;
  const side = { min: low, max: high, step, placeholder: "auto" };
  const cost = h(
    "span",
    { class: "ds-badge", title: "Two network calls a step: with the prompt and without" },
    "×2 cost",
  );
  const [dice, lock] = [diceButton("Another seed"), lockButton()];
  const guidance = { low: 1, high: limits.guidance_slider, step: 0.5 };
  const parts = {
    prompt: textField("Prompt", { rows: 3, placeholder: "What the picture shows" }),
    negative_prompt: textField("Negative prompt", { rows: 1, placeholder: "What to steer away from" }),
    seed: seedField("Seed", limits.seed, "", dice, lock),
    steps: sliderField("Steps", { low: 1, high: limits.steps_slider, step: 1 }, AUTO),
    guidance_scale: sliderField("Guidance", guidance, AUTO, cost),
    scheduler: selectField("Scheduler"),
    schedule: selectField("Noise levels"),
    eta: sliderField("Eta", SHARE, AUTO),
    width: numberField("Width", side),
    height: numberField("Height", side),
    variation_seed: numberField("Variation seed", { min: 0, step: 1, placeholder: "none" }),
    variation_strength: sliderField("Variation strength", SHARE, AUTO),
  };
  for (const [key, part] of Object.entries(parts)) part.box.classList.add(`ds-${key}`);
  return { parts, cost, dice, lock };
}

/** Draw, Stop, and what is said of a run. */
export function buildActions() {
  const draw = h(
    "button",
    { type: "button", class: "ds-main", title: "Ctrl+Enter in the prompt" },
    icon("play"),
    "Draw",
  );
  const stop = h("button", { type: "button", title: "Escape" }, "Stop");
  const live = h("input", { type: "checkbox" });
  const about = "Every change draws at once; a newer one replaces it";
  const each = h("label", { class: "ds-live", title: about }, live, "at every change");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run" });
  const status = h("p", { class: "ds-status", "aria-live": "polite" });
  const blocked = h("p", { class: "ds-blocked" });
  const buttons = h("div", { class: "ds-line" }, draw, stop, each);
  return { draw, stop, live, bar, status, blocked, box: h("div", { class: "ds-actions" }, buttons, bar, status) };
}
