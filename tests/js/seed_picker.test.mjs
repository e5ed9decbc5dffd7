import assert from "node:assert/strict";
import { test } from "node:test";

import { angle, length, portrait, readSeed, slerp } from "../../widgets/diffuscope_widgets/seeds/noise.js";
import { brief, remembered } from "../../widgets/diffuscope_widgets/seeds/picker.js";

const close = (a, b, by = 1e-6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const a = Float32Array.of(2, 0, 0);
const b = Float32Array.of(0, 1, 0);

test("the mix of two noises at right angles goes along the quarter circle", () => {
  for (const t of [0, 0.25, 1 / 3, 0.5, 1]) {
    const [x, y, z] = slerp(a, b, t);
    close(x, 2 * Math.cos((t * Math.PI) / 2));
    close(y, Math.sin((t * Math.PI) / 2));
    assert.equal(z, 0);
  }
});

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

test("three channels are colours, one is grey, and three standard deviations are the end", () => {
  assert.deepEqual([...portrait(Float32Array.of(-3, 0, 3), [3, 1, 1])], [0, 128, 255, 255]);
  assert.deepEqual([...portrait(Float32Array.of(9, -9), [1, 1, 2])], [255, 255, 255, 255, 0, 0, 0, 255]);
  const four = Float32Array.of(0, 1, 2, 3, -1, -2, -3, 0, 9, 9, 9, 9);
  assert.deepEqual(
    [...portrait(four, [3, 2, 2])].filter((_, i) => i % 4 === 1),
    [85, 43, 0, 128],
  );
});

test("what a box holds: a seed, nothing, or no seed", () => {
  assert.deepEqual([" ", "0", "4294967295"].map(readSeed), [null, 0, 4294967295]);
  assert.deepEqual(["-1", "1.5", "x", "4294967296"].map(readSeed), [undefined, undefined, undefined, undefined]);
});

test("the history holds each seed once, newest first, twelve at most", () => {
  assert.deepEqual(remembered([3, 2, 1], 2), [2, 3, 1]);
  assert.equal(remembered([...Array(12).keys()], 99).length, 12);
});

test("below a picture stands the end of a long seed", () => {
  assert.deepEqual([7, 999999, 4294967290].map(brief), ["7", "999999", "…67290"]);
});
