import assert from "node:assert/strict";
import { test } from "node:test";

import { complaint } from "../../widgets/diffuscope_widgets/parts/controls/fields.js";
import { span } from "../../widgets/diffuscope_widgets/schedule/picker.js";

test("a number box says what it takes", () => {
  for (const good of ["1", "20", "1000"]) assert.equal(complaint(good, 1, 1000), "");
  for (const bad of ["", " ", "0", "1001", "2.5", "-3", "x", "1e9"])
    assert.equal(complaint(bad, 1, 1000), "A whole number from 1 to 1000.");
  assert.equal(complaint("1", 2, 1000), "A whole number from 2 to 1000.");
});

test("the slider ends where it is still easy to aim", () => {
  assert.deepEqual(span([1, 1000], 60), [1, 60]);
  assert.deepEqual(span([1, 50], 60), [1, 50]);
});
