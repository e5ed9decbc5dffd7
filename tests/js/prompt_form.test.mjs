import assert from "node:assert/strict";
import { test } from "node:test";

import { isIdle, isSet, readField, toNumber } from "../../widgets/diffuscope_widgets/form/controls.js";
import { refusal } from "../../widgets/diffuscope_widgets/parts/controls/drop_zone.js";

test("an empty box is the model's default, everything else a number", () => {
  assert.equal(toNumber(" "), null);
  assert.equal(toNumber("7.5"), 7.5);
  assert.equal(toNumber("0"), 0);
  assert.equal(toNumber("4294967295"), 4294967295);
});

test("a control's text is read as its field wants it", () => {
  const number = { number: true, optional: true };
  assert.equal(readField(number, ""), null);
  assert.equal(readField(number, "32"), 32);
  assert.equal(readField({ number: false, optional: true }, ""), null);
  const text = { number: false, optional: false };
  assert.equal(readField(text, ""), "", "no prompt is a prompt");
  assert.equal(readField(text, "7"), "7");
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

test("what is set is told from a default, and from the model's choice filled in", () => {
  const strength = { auto: false, default: 0 };
  assert.deepEqual(
    [0, 0.5].map((value) => isSet(strength, value)),
    [false, true],
  );
  const seed = { auto: false, default: null };
  assert.deepEqual(
    [undefined, null, 0].map((value) => isSet(seed, value)),
    [false, false, true],
  );
  assert.equal(isSet({ auto: true, default: null }, 64), false);
});
