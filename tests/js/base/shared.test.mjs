import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { uid } from "../../../widgets/diffuscope_widgets/base/dom.js";
import { push, throttle, write } from "../../../widgets/diffuscope_widgets/base/sync.js";
import { floatsOf, rawOf } from "../../../widgets/diffuscope_widgets/base/wire.js";
import { clamp } from "../../../widgets/diffuscope_widgets/parts/numbers.js";

const DOM = "../../../widgets/diffuscope_widgets/base/dom.js";

test("throttle calls at once, then the newest when the time is over", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const call = throttle((value) => seen.push(value), 100);
  for (const value of [1, 2, 3]) call(value);
  assert.deepEqual(seen, [1]);
  mock.timers.tick(100);
  assert.deepEqual(seen, [1, 3]);
  call(4);
  assert.deepEqual(seen, [1, 3], "the trailing call begins a new pause");
  mock.timers.tick(100);
  assert.deepEqual(seen, [1, 3, 4]);
  mock.timers.tick(1000);
  call(5);
  assert.deepEqual(seen, [1, 3, 4, 5]);
  mock.timers.reset();
});

test("flush calls now, cancel never", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const call = throttle((value) => seen.push(value), 100);
  call(1);
  call(2);
  call.flush();
  assert.deepEqual(seen, [1, 2]);
  mock.timers.tick(1000);
  assert.deepEqual(seen, [1, 2], "what was flushed is not called again");
  call(3);
  call(4);
  call.cancel();
  mock.timers.tick(1000);
  assert.deepEqual(seen, [1, 2, 3]);
  mock.timers.reset();
});

test("clamp", () => {
  assert.deepEqual([clamp(-1, 0, 5), clamp(9, 0, 5), clamp(3, 0, 5)], [0, 5, 3]);
});

test("ids differ, in every widget's own copy of the file too", async () => {
  const copies = await Promise.all(["one", "two"].map((copy) => import(`${DOM}?${copy}`)));
  const found = [uid, ...copies.map((copy) => copy.uid)].flatMap((make) => Array.from({ length: 500 }, make));
  assert.equal(new Set(found).size, 1500);
});

test("what may overtake a trait carries it", () => {
  const done = [];
  const model = {
    set: (name, value) => done.push([name, value]),
    save_changes: () => done.push("saved"),
    send: (message) => done.push(message),
  };
  push(model, { seed: 3, first: 0 });
  assert.deepEqual(done.splice(0), [
    ["seed", 3],
    ["first", 0],
    "saved",
    { type: "push", traits: { seed: 3, first: 0 } },
  ]);
  push(model, { values: {} }, "draw");
  assert.deepEqual(done.splice(0).at(-1), { type: "draw", traits: { values: {} } });
  write(model, { locked: true });
  assert.deepEqual(done, [["locked", true], "saved"]);
});

test("buffers are read wherever they begin", () => {
  const bytes = new Uint8Array([9, 0, 0, 128, 63, 0, 0, 0, 192]);
  assert.deepEqual([...floatsOf(new DataView(bytes.buffer, 1))], [1, -2]);
  const [first, second] = rawOf(new DataView(bytes.buffer, 3), 1);
  assert.deepEqual([...first, ...second], [128, 63, 0, 255, 0, 0, 192, 255]);
});
