import assert from "node:assert/strict";
import { test } from "node:test";
import { readSeed } from "../../widgets/diffuscope_widgets/parts/controls/fields.js";
import { angle, length, slerp } from "../../widgets/diffuscope_widgets/seeds/noise.js";
import { brief, remembered } from "../../widgets/diffuscope_widgets/seeds/picker.js";

const close = (a, b, by = 1e-6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const a = Float32Array.of(2, 0, 0);
const b = Float32Array.of(0, 1, 0);

test("the ends are the noises themselves, and twice the same noise stays", () => {
  const [one, other] = [Float32Array.from([0.3, -1.2, 2.5, 0.01]), Float32Array.from([1.1, 0.4, -0.7, -2])];
  assert.deepEqual(slerp(one, other, 0), one);
  assert.deepEqual(slerp(one, other, 1), other);
  assert.deepEqual(slerp(one, one, 0.4), one);
  close(angle(slerp(one, other, 0.3), one), 0.3 * angle(one, other), 0.1);
});

test("angle and length", () => {
  close(angle(a, b), Math.PI / 2, 1e-12);
  close(length(Float32Array.of(3, 4)), 5, 1e-12);
});

test("what a box holds: a seed, nothing, or no seed", () => {
  assert.deepEqual(
    [" ", "7", "x"].map((text) => readSeed(text, 9)),
    [null, 7, undefined],
  );
});

test("the history holds each seed once, newest first, and no more than there is room for", () => {
  assert.deepEqual(remembered([3, 2, 1], 2, 12), [2, 3, 1]);
  assert.equal(remembered([...Array(12).keys()], 99, 12).length, 12);
});

test("below a picture stands the end of a long seed", () => {
  assert.deepEqual([7, 999999, 4294967290].map(brief), ["7", "999999", "…67290"]);
});
