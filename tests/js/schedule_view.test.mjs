import assert from "node:assert/strict";
import { test } from "node:test";

import { dotsOf, readOut, snrOf, summary } from "../../widgets/diffuscope_widgets/schedule/view.js";

const columns = { steps: [1, 2], calls: [1, 3] };
const table = new Float32Array([0, 10, 900, 0, 10, 900, 0, 4, 500, 1, 0.5, 100]);

test("a table is read count by count, and the second call of a step is known", () => {
  const dots = dotsOf(columns, table);
  assert.deepEqual([...dots.keys()], [1, 2]);
  assert.deepEqual(dots.get(1), [{ step: 0, ratio: 10, t: 900, second: false }]);
  assert.deepEqual(
    dots.get(2).map((dot) => [dot.step, dot.second]),
    [
      [0, false],
      [0, true],
      [1, false],
    ],
  );
});

test("the read-out counts from one and rounds as people read", () => {
  assert.equal(
    readOut({ step: 4, ratio: 3.2, t: 801.4, second: false }, 20),
    "step 5 of 20: σ/α 3.20, SNR 0.098, t 801",
  );
  assert.equal(
    readOut({ step: 0, ratio: 2, t: 7, second: true }, 9),
    "step 1 of 9, second call: σ/α 2.00, SNR 0.25, t 7",
  );
  assert.equal(snrOf(0.5), 4);
});

test("the summary counts the calls with more noise than signal", () => {
  const dots = dotsOf(columns, table).get(2);
  assert.equal(
    summary(dots),
    "From σ/α 10.0 to σ/α 0.5; 2 of 3 calls see more noise than signal. Rings are the second call of a step.",
  );
  assert.equal(summary(dots.slice(0, 1)), "From σ/α 10.0 to σ/α 10.0; 1 of 1 calls see more noise than signal.");
});
