import assert from "node:assert/strict";
import { test } from "node:test";

import { grey, inDeviations, quality } from "../../widgets/diffuscope_widgets/latents/view.js";

test("a channel is grey at zero, white and black at its ends and beyond", () => {
  const shades = (by) => [...grey(Float32Array.of(-9, -2, 0, 1, 2), 2, by)].filter((_, i) => i % 4 === 0);
  assert.deepEqual(shades(0), [0, 0, 128, 191, 255]);
  assert.deepEqual(shades(1), [0, 64, 191, 255, 255], "a nudge brightens every place alike");
  assert.ok([...grey(Float32Array.of(1), 2, 0)].at(-1) === 255);
});

test("words", () => {
  assert.deepEqual([0, 0.5, -1.25].map(inDeviations), ["0 sd", "+0.5 sd", "−1.3 sd"]);
  assert.equal(quality({ psnr: 36.04, lossless: false }), "PSNR 36.0 dB");
  assert.equal(quality({ psnr: null, lossless: true }), "no loss");
  assert.equal(quality({ psnr: null, lossless: false }), "");
});
