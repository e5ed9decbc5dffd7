import assert from "node:assert/strict";
import { test } from "node:test";

import { doubled, grouped, sigmasAfter, toNumber } from "../../widgets/diffuscope_widgets/prompt_form.js";

const row = (name, group, ...sigmas) => ({ name, group, sigmas });

test("an empty box is the model's default, everything else a number", () => {
  assert.equal(toNumber(" "), null);
  assert.equal(toNumber("7.5"), 7.5);
  assert.equal(toNumber("0"), 0);
  assert.equal(toNumber("4294967295"), 4294967295);
});

test("schedulers stand in groups, in catalogue order", () => {
  const rows = [row("a", "x"), row("b", "y"), row("c", "x")];
  assert.deepEqual(grouped(rows).map(([name, all]) => [name, all.map((r) => r.name)]), [["x", ["a", "c"]], ["y", ["b"]]]);
});

test("the usual schedule stays the usual one, a chosen one stays where it can", () => {
  const dpm = row("dpm", "", "karras", "uniform", "beta");
  const euler = row("euler", "", "uniform", "karras", "beta");
  const ddim = row("ddim", "", "uniform");
  assert.equal(sigmasAfter(dpm, euler, "karras"), "uniform");
  assert.equal(sigmasAfter(dpm, euler, "beta"), "beta");
  assert.equal(sigmasAfter(dpm, ddim, "beta"), "uniform");
  assert.equal(sigmasAfter(dpm, euler, null), null);
});

test("guidance above one doubles the cost", () => {
  assert.deepEqual([null, 0, 1, 1.5].map(doubled), [false, false, false, true]);
});
