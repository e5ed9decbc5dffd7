import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, linear, logarithmic, nearest, polyline } from "../../../widgets/diffuscope_widgets/parts/chart.js";
import { decimal } from "../../../widgets/diffuscope_widgets/parts/numbers.js";

test("scales put the ends of the numbers at the ends of the pixels", () => {
  const x = linear(1000, 0, 60, 460);
  assert.deepEqual([1000, 500, 0].map(x), [60, 260, 460]);
  const y = logarithmic(0.01, 100, 300, 100);
  assert.deepEqual([0.01, 1, 100].map(y).map(Math.round), [300, 200, 100]);
  assert.equal(y(0), 300, "zero stands at the low end");
  assert.equal(linear(5, 5, 10, 20)(5), 10, "a scale of one number is no division by zero");
});

test("decades hold all numbers", () => {
  assert.deepEqual(decades([0.029, 14.6]).map(decimal), ["0.01", "0.1", "1", "10", "100"]);
  assert.deepEqual(decades([1, 10]).map(decimal), ["1", "10"], "a power of ten needs no further one");
  assert.deepEqual(decades([3]).length, 2);
  assert.deepEqual(decades([0, Infinity]), [0.1, 1]);
});

test("the nearest number, and a path's text", () => {
  assert.equal(nearest([60, 100, 300], 190), 1);
  assert.equal(nearest([60], 1e9), 0);
  assert.equal(
    polyline([
      [1, 2],
      [3.16159, 4],
    ]),
    "M1.0 2.0L3.2 4.0",
  );
  assert.equal(polyline([]), null);
});
