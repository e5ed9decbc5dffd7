// What the seed picker is made of.
import { h, uid } from "../base/dom.js";
import { diceButton, lockButton, seedField } from "../parts/controls/fields.js";
import { figure } from "../parts/figure.js";

/** @param {import("../base/wire.js").Limits} limits */
export function build(limits) {
  const [dice, lock, otherDice] = [diceButton("Another seed"), lockButton(), diceButton("Another variation seed")];
  const clear = h("button", { type: "button", title: "No variation" }, "clear");
  const main = seedField("Seed", limits.seed, "", dice, lock);
  const other = seedField("Variation seed", limits.seed, "none", otherDice, clear);
  const past = h("div", { class: "ds-past", role: "group", "aria-label": "Seeds used before" });
  const [before, after] = ["‹", "›"].map((sign) => h("button", { type: "button" }, sign));
  const noises = h("div", { class: "ds-noises", role: "group", "aria-label": "Seeds by their noise" });
  noises.style.setProperty("--ds-count", String(limits.strip));
  const strip = h("div", { class: "ds-noise-strip" }, before, noises, after);
  const ends = { from: figure("Noise", "ds-from"), mix: figure("Noise", "ds-mix"), to: figure("Noise", "ds-to") };
  const note = h("p", { id: uid(), class: "ds-note" });
  const attributes = { min: 0, max: 1, step: 0.01, "aria-label": "Strength", "aria-describedby": note.id };
  const range = h("input", { type: "range", ...attributes });
  const shown = h("output", { class: "ds-strength" });
  const slide = h("div", { class: "ds-slide" }, h("span", { "aria-hidden": "true" }, "Strength"), range, shown);
  const mixing = h("div", { class: "ds-mixing" }, ends.from.box, ends.mix.box, slide, ends.to.box);
  const fields = h("div", { class: "ds-fields" }, main.box, other.box);
  const lines = [fields, past, strip, mixing, note];
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
    noises,
    strip,
    ends,
    note,
    range,
    shown,
    lines,
  };
}
