import assert from "node:assert/strict";
import { test } from "node:test";
import { paceOf } from "../../widgets/diffuscope_widgets/film/film.js";
import { chosenFrames, frameAt, placeOf } from "../../widgets/diffuscope_widgets/film/thumbnails.js";
import { caption, placeIn } from "../../widgets/diffuscope_widgets/parts/frames.js";
import { short } from "../../widgets/diffuscope_widgets/parts/numbers.js";
import { amplify, gapOf } from "../../widgets/diffuscope_widgets/parts/rows/compare_draw.js";
import { describe } from "../../widgets/diffuscope_widgets/parts/rows/row.js";
import { common, visible } from "../../widgets/diffuscope_widgets/parts/rows/rows.js";

test("the thumbnails show all frames while there is room, else the first, the last and some between", () => {
  assert.deepEqual(chosenFrames(6, 600), [0, 1, 2, 3, 4, 5]);
  for (const [n, width] of [
    [100, 600],
    [1000, 300],
    [7, 60],
    [2, 52],
  ]) {
    const chosen = chosenFrames(n, width);
    assert.equal(chosen[0], 0);
    assert.equal(chosen.at(-1), n - 1);
    assert.ok(chosen.length * 26 <= width);
    assert.ok(chosen.every((one, i) => i === 0 || one > chosen[i - 1]));
  }
  assert.deepEqual(chosenFrames(1, 600), [0]);
  assert.deepEqual(chosenFrames(9, 10), [8], "the finished picture when there is room for one");
  assert.deepEqual(chosenFrames(5, 0), [4], "hidden thumbnails have no width yet");
});

test("a point of the thumbnails is the frame drawn there", () => {
  const chosen = chosenFrames(100, 600);
  const slot = 600 / chosen.length;
  for (const [place, frame] of chosen.entries()) assert.equal(frameAt((place + 0.5) * slot, 600, chosen), frame);
  assert.equal(frameAt(-5, 600, chosen), 0);
  assert.equal(frameAt(600, 600, chosen), 99);
});

test("a frame between two chosen ones belongs to the one before", () => {
  assert.deepEqual(
    [0, 4, 5, 8, 9].map((frame) => placeOf(frame, [0, 5, 9])),
    [0, 0, 1, 1, 2],
  );
});

test("the caption counts from one and rounds as people read", () => {
  const meta = { steps: [0, 4, 19], calls: 20, ratio: [14.615, 3.2, 0], timestep: [999, 801.4, 1] };
  assert.equal(caption(meta, 1), "step 5 of 20 · σ/α 3.20 · t 801");
  assert.equal(caption(meta, 2), "step 20 of 20 · σ/α 0 · t 1");
  assert.equal(caption({ ...meta, timestep: undefined }, 0), "step 1 of 20 · σ/α 14.6");
  assert.deepEqual([0.0312, 0.5, 9.999].map(short), ["0.031", "0.5", "10.00"]);
});

test("playing takes about three seconds, and is neither hectic nor dull", () => {
  assert.deepEqual(
    [60, 3, 1000].map((steps) => paceOf(steps).speed),
    [20, 4, 30],
  );
});

test("a run is on its way to the next frame by a share", () => {
  for (const position of [0, 3, 5]) assert.deepEqual(placeIn(position, 6, 6), { frame: position, share: 0 });
  assert.deepEqual(placeIn(2.25, 6, 6), { frame: 2, share: 0.25 });
  for (let i = 0; i < 50; i += 1) assert.equal(placeIn(i, 50, 50).frame, i, "rounding must not lose a frame");
});

test("rows: those all runs have; those asked for, else the first", () => {
  const meta = (...names) => ({ rows: names.map((name) => ({ name })) });
  const rows = common([meta("x_t", "x0", "noise"), meta("x0", "noise")]);
  assert.deepEqual(
    rows.map((row) => row.name),
    ["x0", "noise"],
  );
  assert.deepEqual(visible(rows, ["noise", "x_t"]), ["noise"]);
  assert.deepEqual(visible(rows, ["x_t"]), ["x0"]);
});

test("a difference is made stronger, its mean is told, opacity stays", () => {
  const data = new Uint8ClampedArray([10, 0, 2, 255, 200, 0, 0, 255]);
  assert.equal(amplify(data, 3), 212 / 6);
  assert.deepEqual([...data], [30, 0, 6, 255, 255, 0, 0, 255]);
  assert.deepEqual([32, 512, 8].map(gapOf), [1, 16, 1]);
});

test("channels say which number is white", () => {
  assert.equal(describe({ label: "noisy latents", white: null }), "noisy latents");
  assert.equal(describe({ label: "channels", white: 2.58 }), "channels; black −2.6, grey 0, white +2.6");
});
