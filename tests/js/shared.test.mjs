import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { clamp, throttle, uid } from "../../widgets/diffuscope_widgets/base/dom.js";

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

test("clamp and uid", () => {
  assert.deepEqual([clamp(-1, 0, 5), clamp(9, 0, 5), clamp(3, 0, 5)], [0, 5, 3]);
  assert.equal(new Set(Array.from({ length: 1000 }, uid)).size, 1000);
});
