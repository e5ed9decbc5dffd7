// What Python and JavaScript both compute, from the cases that tests/house/test_twins.py reads too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { placeIn } from "../../widgets/diffuscope_widgets/parts/frames.js";
import { callsOf } from "../../widgets/diffuscope_widgets/parts/schedulers.js";
import { slerp } from "../../widgets/diffuscope_widgets/seeds/noise.js";

const cases = JSON.parse(readFileSync(new URL("../support/twins.json", import.meta.url), "utf8"));

test("the spherical mix", () => {
  for (const { a, b, strength, mix } of cases.slerp) {
    slerp(Float32Array.from(a), Float32Array.from(b), strength).forEach((value, i) => {
      assert.ok(Math.abs(value - mix[i]) <= 2e-6, `${value} is not ${mix[i]}`);
    });
  }
});

test("network calls", () => {
  for (const { rule, steps, calls } of cases.calls) assert.equal(callsOf(rule, steps), calls, `${rule} of ${steps}`);
});

test("where a run stands at a position of the longest one", () => {
  for (const { position, longest, count, frame } of cases.places) {
    assert.equal(placeIn(position, longest, count).frame, frame, `${position} of ${longest} in ${count}`);
  }
});
