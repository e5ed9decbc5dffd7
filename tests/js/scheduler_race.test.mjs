import assert from "node:assert/strict";
import { test } from "node:test";

import { behind, fitted } from "../../widgets/diffuscope_widgets/race/charts.js";
import { excuse, gap, pictureOf, reached, standing } from "../../widgets/diffuscope_widgets/race/race.js";

const lane = {
  name: "A",
  share: [0, 0.5, 1],
  call: [1, 2, 2],
  calls: 2,
  ratio: [14.6, 0.5, 0],
  distance: [1, 0.3, 0.02],
  random: false,
};

test("a lane stands at the last point behind the playhead", () => {
  assert.deepEqual(
    [0, 0.49, 0.5, 0.99, 1].map((at) => reached(lane.share, at)),
    [0, 0, 1, 1, 2],
  );
  assert.equal(reached([0, 1 / 3, 2 / 3, 1], 2 / 3), 2);
  assert.deepEqual(
    [0, 4, 5, 9].map((point) => pictureOf([0, 5, 9], point)),
    [0, 0, 1, 2],
  );
});

test("what is said of a lane", () => {
  assert.equal(standing(lane, 0), "call 1 of 2 · σ/α\u00a014.6");
  assert.equal(standing(lane, 2), "finished");
  assert.equal(gap(lane, 2), "distance 0.02");
  assert.equal(gap({ ...lane, name: "R" }, 2), "");
  assert.equal(gap({ ...lane, distance: [] }, 2), "");
  assert.equal(excuse(lane), "");
  assert.match(excuse({ ...lane, random: true }), /fresh noise: not expected/);
  assert.match(excuse({ ...lane, random: true, distilled: true }), /distilled/);
});

test("a path ends where the playhead stands", () => {
  const path = [
    [0, 0],
    [4, 0],
    [4, 8],
  ];
  assert.deepEqual(behind(path, lane.share, 0), [
    [0, 0],
    [0, 0],
  ]);
  assert.deepEqual(behind(path, lane.share, 0.25), [
    [0, 0],
    [2, 0],
  ]);
  assert.deepEqual(behind(path, lane.share, 0.75), [
    [0, 0],
    [4, 0],
    [4, 4],
  ]);
  assert.deepEqual(behind(path, lane.share, 1), path);
});

test("paths are fitted with one scale for both axes, y upwards", () => {
  const [[a, b], [c]] = fitted(
    [
      [
        [0, 0],
        [10, 0],
      ],
      [[5, 2]],
    ],
    120,
    120,
    10,
  );
  assert.deepEqual(
    [a, b],
    [
      [10, 70],
      [110, 70],
    ],
  );
  assert.deepEqual(c, [60, 50]);
  assert.deepEqual(fitted([[[3, 3]]], 100, 80, 10), [[[50, 40]]]);
});
