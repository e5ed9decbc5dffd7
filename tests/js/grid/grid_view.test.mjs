import assert from "node:assert/strict";
import { test } from "node:test";
import { plainly, sent, wayOf } from "../../../widgets/diffuscope_widgets/grid/axes.js";
import { differ, worthALine } from "../../../widgets/diffuscope_widgets/grid/details.js";
import { inBox, inView } from "../../../widgets/diffuscope_widgets/grid/map/canvas.js";
import { roomFor } from "../../../widgets/diffuscope_widgets/grid/map/elements.js";
import { every, needOf } from "../../../widgets/diffuscope_widgets/grid/map/labels.js";
import {
  combinations,
  layOut,
  lineAt,
  nearest,
  spaced,
  spans,
  stepFrom,
} from "../../../widgets/diffuscope_widgets/grid/map/layout.js";
import { Camera } from "../../../widgets/diffuscope_widgets/grid/map/pan_zoom.js";
import { framesIn } from "../../../widgets/diffuscope_widgets/grid/map/pictures.js";
import { factorOf } from "../../../widgets/diffuscope_widgets/grid/map/pointer.js";
import { frameAt } from "../../../widgets/diffuscope_widgets/grid/map/tooltip.js";
import { starCode } from "../../../widgets/diffuscope_widgets/grid/next.js";
import { keysOf, pickedWith, summary, valuesOf } from "../../../widgets/diffuscope_widgets/grid/view.js";

const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 1e-9, `${found} is not ${wanted}`);

/** A plan of axes "a", "b", ... with so many values; `holes` are places as text. */
function planOf(sizes, { holes = [], box = [32, 32] } = {}) {
  const axes = sizes.map((n, i) => ({
    name: "abc"[i],
    labels: Array.from({ length: n }, (_, value) => `${"abc"[i]}${value}`),
  }));
  const places = sizes.reduce(
    (all, n) => all.flatMap((place) => Array.from({ length: n }, (_, i) => [...place, i])),
    [[]],
  );
  const cells = places
    .filter((place) => !holes.includes(place.join()))
    .map((place) => ({ key: `k${place.join("")}`, place, size: box, changed: {} }));
  return { axes, cells, common: {}, box, pixels: true };
}

const keyAt = (plan, layout, row, column) => plan.cells[layout.at(row, column)]?.key;
const where = (rows, columns, page = {}) => ({ rows, columns, page });

test("a page beyond the last is the last", () => {
  const plan = planOf([2, 3, 4]);
  const layout = layOut(plan, where([], [], { a: 1, b: 99 }));
  assert.deepEqual([layout.down, layout.across, keyAt(plan, layout, 0, 0)], [1, 1, "k120"]);
});

test("a filter leaves out rows and columns with nothing to show; holes alone do not", () => {
  const plan = planOf([3, 4], { holes: ["0,0", "0,1", "0,2", "0,3"] });
  assert.deepEqual([layOut(plan, where(["a"], ["b"])).down, layOut(plan, where(["a"], ["b"])).count], [3, 8]);
  const layout = layOut(plan, where(["a"], ["b"]), ({ key }) => ["k11", "k23"].includes(key));
  assert.deepEqual([layout.down, layout.across, layout.count], [2, 2, 2]);
  assert.deepEqual(layout.rows, [
    [
      { from: 0, to: 1, text: "a1" },
      { from: 1, to: 2, text: "a2" },
    ],
  ]);
  assert.deepEqual(
    layout.columns[0].map(({ text }) => text),
    ["b1", "b3"],
  );
  assert.deepEqual(
    [keyAt(plan, layout, 0, 0), keyAt(plan, layout, 0, 1), keyAt(plan, layout, 1, 1)],
    ["k11", undefined, "k23"],
  );
  assert.equal(layOut(plan, where(["a"], ["b"]), () => false).count, 0);
});

test("labels of an outer axis span their group, and groups stand apart", () => {
  const lines = combinations(planOf([2, 3]).axes, ["a", "b"]);
  assert.deepEqual(spans(lines)[0], [
    { from: 0, to: 3, text: "a0" },
    { from: 3, to: 6, text: "a1" },
  ]);
  assert.equal(spans(lines)[1].length, 6);
  const { xs, width } = layOut(planOf([2, 3]), where([], ["a", "b"]));
  near(xs[1] - xs[0], 1.06);
  near(xs[3] - xs[2], 1.36);
  near(width, 6 + 5 * 0.06 + 0.3);
  const same = spans([{ labels: ["x", "1"] }, { labels: ["x", "1"] }]);
  assert.equal(same[1].length, 2, "two values with one label stay two");
});

test("one long axis is folded into lines", () => {
  const plan = planOf([60]);
  const layout = layOut(plan, where([], ["a"]));
  assert.deepEqual([layout.down, layout.across, layout.count], [6, 10, 60]);
  assert.equal(keyAt(plan, layout, 2, 3), "k23");
  assert.deepEqual(layout.rows[0][1], { from: 1, to: 2, text: "a10 … a19" });
  assert.deepEqual(layOut(planOf([12]), where([], ["a"])).down, 1);
});

test("lines stand further apart where labels need it and there is room", () => {
  const layout = layOut(planOf([4, 16]), where(["a"], ["b"]));
  const { ys, xs } = roomFor(layout, [20, 60], [496, 520], 190); // about 29 pixels a cell
  const scale = 496 / layout.width;
  near((ys[1] - ys[0]) * scale, 60);
  near(xs[1] - xs[0], 1.06);
  assert.deepEqual(
    roomFor(layout, [20, 131], [496, 520], 190).ys,
    spaced(layout).ys,
    "four of 131 pixels are too high",
  );
});

test("a length lies on the last line that has begun", () => {
  assert.deepEqual(
    [-1, 0, 1.02, 1.06, 2.2, 9].map((at) => lineAt([0, 1.06, 2.12, 3.12], at)),
    [0, 0, 0, 1, 2, 2],
  );
  assert.deepEqual(inView([0, 1.06, 2.12, 3.12], 1.1, 1), [1, 1]);
});

test("arrow keys walk over holes and stop at the edge", () => {
  const layout = layOut(planOf([3, 4], { holes: ["1,1", "1,2", "2,0"] }), where(["a"], ["b"]));
  const step = (key, row, column) => stepFrom(layout, key, { row, column });
  assert.deepEqual(step("ArrowRight", 1, 0), { row: 1, column: 3 });
  assert.deepEqual(step("ArrowDown", 1, 0), { row: 1, column: 0 }, "below is a hole, and then the edge");
  assert.deepEqual(step("End", 0, 1), { row: 0, column: 3 });
  assert.deepEqual(step("Home", 2, 3), { row: 2, column: 1 });
  assert.equal(step("s", 0, 0), null);
  assert.deepEqual(nearest(layout, 2, 0), { row: 1, column: 0 });
  assert.equal(
    nearest(
      layOut(planOf([2]), where([], ["a"]), () => false),
      0,
      0,
    ),
    null,
  );
});

test("the camera sees all, keeps what is under the pointer, and does not leave the plane", () => {
  const camera = new Camera();
  camera.size({ wide: 400, high: 300, width: 20, height: 10, roomy: 190, largest: 300 });
  assert.deepEqual([camera.x, camera.y, camera.scale, camera.fits], [0, 0, 20, true]);
  const before = camera.toPlane(300, 120);
  camera.zoom(4, 300, 120);
  assert.equal(camera.fits, false);
  for (const [i, at] of camera.toPlane(300, 120).entries()) near(at, before[i]);
  assert.equal(camera.move(1e9, 1e9), true);
  assert.deepEqual([camera.x, camera.y], [0, 0]);
  assert.equal(camera.move(5, 0), false, "there is nothing more: the page may scroll on");
  camera.move(-1e9, -1e9);
  near(camera.x, 20 - 400 / 80);
  near(camera.y, 10 - 300 / 80);
  camera.zoom(100, 0, 0);
  assert.equal(camera.scale, 300, "no larger than one cell");
  camera.reveal(0, 0, 1, 1);
  assert.deepEqual([camera.x, camera.y], [0, 0]);
  camera.zoom(1e-9, 10, 10);
  assert.deepEqual([camera.scale, camera.x, camera.y], [20, 0, 0]);
  camera.size({ wide: 800, high: 300, width: 20, height: 10, roomy: 190, largest: 300 });
  assert.equal(camera.scale, 30, "who saw all goes on seeing all");
  camera.size({ wide: 800, high: 800, width: 2, height: 1, roomy: 190, largest: 800 });
  assert.equal(camera.scale, 190);
});

test("labels wrap, and when they are too close some are left out whole", () => {
  assert.deepEqual(needOf(60, 140), { wide: 72, lines: 1 });
  assert.deepEqual(needOf(500, 140), { wide: 152, lines: 5 });
  assert.equal(needOf(0, 140).lines, 1);
  assert.deepEqual([every(30, 90), every(30, 12), every(30, 0)], [1, 3, 30]);
});

test("an axis that is sent another way leaves where it was", () => {
  const now = where(["a"], ["b"]);
  assert.deepEqual(sent(now, "b", "rows"), { rows: ["a", "b"], columns: [] });
  assert.deepEqual(sent(now, "a", "page"), { rows: [], columns: ["b"] });
  assert.deepEqual(
    ["a", "b", "c"].map((name) => wayOf(now, name)),
    ["rows", "columns", "page"],
  );
  assert.equal(plainly("guidance_scale"), "guidance scale");
});

test("pictures of another size stand in the middle of their box", () => {
  assert.deepEqual(inBox([64, 64], [96, 64]), [16 / 96, 0, 64 / 96, 64 / 96]);
  assert.deepEqual(inBox([96, 64], [96, 64]), [0, 0, 1, 64 / 96]);
  assert.equal(framesIn({ width: 6 * 128, height: 85 }, [96, 64]), 6);
});

test("a film plays in about two seconds, rests on its end, and begins again", () => {
  assert.deepEqual(
    [0, 1099, 1100, 2199, 3099, 3100].map((ms) => frameAt(ms, 2)),
    [0, 0, 1, 1, 1, 0],
  );
  assert.equal(frameAt(90 * 49, 50), 49, "a long film takes longer");
});

test("a wheel zooms as much back as forth", () => {
  near(factorOf(40) * factorOf(-40), 1);
  assert.equal(factorOf(1e6), factorOf(60));
});

test("settings of one cell, and what differs between two", () => {
  const common = { prompt: "a", negative_prompt: "none", seed: "1", eta: "0", variation_seed: "none" };
  const [one, other] = [{ changed: {} }, { changed: { seed: "2", eta: "1" } }];
  assert.deepEqual(differ(common, one, other), [
    { field: "seed", left: "1", right: "2" },
    { field: "eta", left: "0", right: "1" },
  ]);
  const plan = { common, usual: ["prompt", "negative_prompt", "seed"] };
  assert.deepEqual(worthALine(plan, one), [
    ["prompt", "a"],
    ["seed", "1"],
  ]);
  assert.deepEqual(worthALine(plan, other), [
    ["prompt", "a"],
    ["seed", "2"],
    ["eta", "1"],
  ]);
});

test("picks: one, or a second one beside the first", () => {
  assert.deepEqual(pickedWith([], "a", true), ["a"]);
  assert.deepEqual(pickedWith(["a"], "b", false), ["b"]);
  assert.deepEqual(pickedWith(["a"], "b", true), ["a", "b"]);
  assert.deepEqual(pickedWith(["a", "b"], "c", true), ["a", "c"]);
  assert.deepEqual(pickedWith(["a", "b"], "a", true), ["a", "b"]);
});

test("words", () => {
  const plan = planOf([2, 2]);
  const marks = { k00: "star", k01: "reject", k11: "star" };
  assert.deepEqual(keysOf([{ key: "a" }, { key: "b" }, { key: "a" }]), ["a", "b"]);
  assert.equal(
    summary(keysOf(plan.cells), 3, (key) => marks[key]),
    "4 cells · 3 finished · 2 starred · 1 rejected",
  );
  assert.equal(
    summary(["x"], 1, () => undefined),
    "1 cell",
  );
  assert.equal(
    summary(
      Array.from({ length: 1000 }, (_, i) => String(i)),
      1000,
      () => null,
    ),
    "1,000 cells",
  );
  assert.equal(valuesOf(plan.axes, plan.cells[2]), "a a1 · b b0");
  assert.equal(starCode(["a1", "b2"]), 'view.star("a1", "b2")');
});
