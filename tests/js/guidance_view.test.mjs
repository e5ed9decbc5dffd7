import assert from "node:assert/strict";
import { test } from "node:test";
import { blend, boost, contrast, signed } from "../../widgets/diffuscope_widgets/guidance/colour_map.js";
import { story } from "../../widgets/diffuscope_widgets/guidance/run.js";
import {
  digits,
  fit,
  guided,
  reach,
  sentence,
  size,
  turned,
} from "../../widgets/diffuscope_widgets/guidance/triangle.js";
import { truthOf } from "../../widgets/diffuscope_widgets/guidance/words.js";

const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 1e-12, `${found} is not ${wanted}`);

test("the result runs along the line through the two tips, and the law of cosines holds", () => {
  const [uncond, cond] = [2, [1, 1.5]];
  assert.deepEqual(guided(uncond, cond, 0), [2, 0]);
  assert.deepEqual(guided(uncond, cond, 1), cond);
  assert.deepEqual(guided(uncond, cond, 4), [-2, 6]);
  const apart = size([cond[0] - uncond, cond[1]]);
  const corner = Math.PI - turned([cond[0] - uncond, cond[1]]) * (Math.PI / 180); // at the unconditional tip
  for (const scale of [0.5, 1, 3, 7.5]) {
    const side = scale * apart;
    near(size(guided(uncond, cond, scale)) ** 2, uncond ** 2 + side ** 2 - 2 * uncond * side * Math.cos(corner));
  }
  near(turned([1, 1]), 45);
  near(turned([-1, 1]), 135);
});

test("the sentence says true numbers", () => {
  assert.match(
    sentence(1, [1, 1], 3),
    /^At guidance 3 the result is 3\.16 times as long as the unconditional one and points 72° away from it; the prompt alone turns it by 45°\.$/,
  );
  assert.match(sentence(1, [1, 0.1], 1), /is the prediction with the prompt, 5\.7° away/);
  assert.match(
    sentence(1, [1, 1], 0, "the one with the negative prompt"),
    /no say: the result is the one with the negative prompt/,
  );
  assert.deepEqual([0, 0.06512, 0.9334, 1.1349, 12.44].map(digits), ["0", "0.065", "0.933", "1.13", "12.4"]);
});

test("the drawing stands still while the slider moves inside its reach, and holds all points", () => {
  assert.deepEqual(
    [0, 2.5, 2.6, 7.5, 20, 50].map((scale) => reach(scale, 50)),
    [2.5, 2.5, 5, 10, 20, 50],
  );
  for (const points of [
    [
      [0, 0],
      [1, 0],
      [1, 3],
    ],
    [
      [0, 0],
      [1, 0],
      [-8, 0.1],
    ],
    [
      [0, 0],
      [1, 0],
    ],
  ]) {
    const view = fit(points);
    for (const [x, y] of points) {
      assert.ok(view.x + x * view.scale >= 33 && view.x + x * view.scale <= 527);
      assert.ok(view.y - y * view.scale >= 33 && view.y - y * view.scale <= 217);
    }
  }
});

test("pictures through the formula are rounded and stay inside a byte", () => {
  const [u, c] = [
    [100, 100, 10, 255],
    [110, 90, 60, 255],
  ];
  assert.deepEqual([...blend(u, c, 0)], u);
  assert.deepEqual([...blend(u, c, 1)], c);
  assert.deepEqual([...blend(u, c, 7.5)], [175, 25, 255, 255]);
  assert.deepEqual([...contrast([100, 100, 100, 255], [100, 200, 0, 255])], [128, 178, 78, 255]);
});

test("zero is pale, above and below have colours of their own", () => {
  assert.deepEqual(signed(0), [244, 243, 240]);
  assert.deepEqual(signed(9), signed(2.5));
  assert.ok(signed(1)[0] > signed(1)[2] && signed(-1)[2] > signed(-1)[0]);
  assert.deepEqual([0.065, 0.3, 0.9, 3].map(boost), [10, 2, 1, 1]);
});

test("a picture says what it is", () => {
  const word = (state) => truthOf({ exact: false, ends: true, live: false, recorded: false, ...state })[0];
  assert.equal(word({}), "approximation");
  assert.equal(word({ live: true }), "blend");
  assert.equal(word({ live: true, ends: false }), "decoding");
  assert.equal(word({ ends: false }), "none");
  assert.equal(word({ exact: true }), "decoded");
  assert.equal(word({ exact: true, recorded: true }), "recorded");
});

test("the whole run is told in a line", () => {
  assert.match(story({}, [0, 0], false, 2), /No model here/);
  assert.match(story({}, [0, 0], true, 2), /Move guidance away from 2/);
  assert.equal(story({ state: "running" }, [0, 0], true, 2), "waiting for its turn");
  assert.equal(story({ state: "running" }, [3, 20], true, 2), "drawing: step 3 of 20");
  assert.equal(story({ state: "done", seconds: 0.62 }, [20, 20], true, 2), "drawn in 0.6 s");
  assert.equal(story({ state: "stopped" }, [3, 20], true, 2), "stopped");
});
