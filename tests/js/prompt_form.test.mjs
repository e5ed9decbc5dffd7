import assert from "node:assert/strict";
import { test } from "node:test";

import { isIdle, readField, toNumber } from "../../widgets/diffuscope_widgets/form/controls.js";
import { doubled } from "../../widgets/diffuscope_widgets/form/form.js";
import { refusal } from "../../widgets/diffuscope_widgets/parts/controls/drop_zone.js";

test("an empty box is the model's default, everything else a number", () => {
  assert.equal(toNumber(" "), null);
  assert.equal(toNumber("7.5"), 7.5);
  assert.equal(toNumber("0"), 0);
  assert.equal(toNumber("4294967295"), 4294967295);
});

test("a control's text is read as its field wants it", () => {
  assert.equal(readField("variation_seed", ""), null);
  assert.equal(readField("width", "32"), 32);
  assert.equal(readField("schedule", ""), null);
  assert.equal(readField("prompt", ""), "", "no prompt is a prompt");
  assert.equal(readField("prompt", "7"), "7");
});

test("a control without effect is told from one with a warning", () => {
  assert.ok(isIdle("No effect at guidance 1; raise guidance or clear it."));
  assert.ok(!isIdle("This model does not know kite."));
  assert.ok(!isIdle(""));
});

test("a file that cannot travel is refused before it does", () => {
  const why = (name, size) => refusal({ name, size }, { file: 8 * 2 ** 20 }, "Make it smaller.");
  assert.equal(why("a.png", 1000), "");
  assert.equal(why("a.png", 2 ** 24), "“a.png” is larger than 8 MB. Make it smaller.");
  assert.match(why("folder", 0), /empty, or a folder/);
});

test("guidance above one doubles the cost", () => {
  assert.deepEqual([null, 0, 1, 1.5].map(doubled), [false, false, false, true]);
});
