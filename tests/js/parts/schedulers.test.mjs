import assert from "node:assert/strict";
import { test } from "node:test";

import { grouped, priceOf, scheduleAfter } from "../../../widgets/diffuscope_widgets/parts/schedulers.js";

const row = (name, group, ...schedules) => ({ name, group, schedules });

test("schedulers stand in groups, in catalogue order", () => {
  const rows = [row("a", "x"), row("b", "y"), row("c", "x")];
  assert.deepEqual(
    grouped(rows).map(([name, all]) => [name, all.map((r) => r.name)]),
    [
      ["x", ["a", "c"]],
      ["y", ["b"]],
    ],
  );
});

test("the usual schedule stays the usual one, a chosen one stays where it can", () => {
  const dpm = row("dpm", "", "karras", "uniform", "beta");
  const euler = row("euler", "", "uniform", "karras", "beta");
  const ddim = row("ddim", "", "uniform");
  assert.equal(scheduleAfter(dpm, euler, "karras"), "uniform");
  assert.equal(scheduleAfter(dpm, euler, "beta"), "beta");
  assert.equal(scheduleAfter(dpm, ddim, "beta"), "uniform");
  assert.equal(scheduleAfter(dpm, euler, null), null);
});

test("the price of a picture", () => {
  assert.equal(priceOf("2N-1", 20), "20 steps, 39 network calls");
  assert.equal(priceOf("N", 1), "1 step, 1 network call");
});
