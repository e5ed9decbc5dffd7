import assert from "node:assert/strict";
import { test } from "node:test";

import { captionOf } from "../../widgets/diffuscope_widgets/history/history.js";
import { stepTo } from "../../widgets/diffuscope_widgets/parts/controls/roving.js";
import { namesOf } from "../../widgets/diffuscope_widgets/variants/variants.js";

test("arrow keys walk the grid and stay inside", () => {
  const from4 = (key) => stepTo(key, 4, 8, 3);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].map(from4), [3, 5, 1, 7, 0, 7]);
  assert.equal(stepTo("ArrowLeft", 0, 8, 3), 0);
  assert.equal(stepTo("ArrowDown", 7, 8, 3), 7);
  assert.equal(stepTo("Enter", 4, 8, 3), null, "a button's own key");
});

test("a thumbnail says what changed, or all where nothing can be compared", () => {
  assert.equal(captionOf({ changed: "seed 8", detail: "seed 8 · euler" }), "seed 8");
  assert.equal(captionOf({ changed: "", detail: "seed 8 · euler" }), "seed 8 · euler");
});

test("buttons of a sheet say which picture they mean", () => {
  const names = namesOf(1, { label: "seed 43", larger: 40 });
  assert.equal(names.show, "Show picture 2, seed 43");
  assert.equal(names.larger, "Larger: picture 2, seed 43 with 40 steps");
  assert.equal(namesOf(0, { label: "seed 1", larger: null }).larger, "");
});
