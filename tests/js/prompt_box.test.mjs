import assert from "node:assert/strict";
import { test } from "node:test";

import { legend, remarks, summary, tokensOf, used } from "../../widgets/diffuscope_widgets/prompt/tokens.js";
import { barOf, times } from "../../widgets/diffuscope_widgets/prompt/weights.js";

const token = (text, more = {}) => ({ text, position: 0, known: true, read: true, weight: 1, ...more });
const group = (...options) => ({
  kind: "alternates",
  options: options.map((parts) => ({ when: "", parts, text: "" })),
});

test("tokens are found in groups of groups, in order", () => {
  const parts = [token("a"), group([token("b"), group([token("c")], [])], [token("d")]), token("e")];
  assert.deepEqual(
    tokensOf(parts).map((one) => one.text),
    ["a", "b", "c", "d", "e"],
  );
  assert.deepEqual(tokensOf([]), []);
});

test("a weight as number and as bar", () => {
  assert.deepEqual([1.3, 2, 1.4999999, 0].map(times), ["×1.3", "×2", "×1.5", "×0"]);
  assert.deepEqual(
    [0, 1.5, 3, 4].map((weight) => barOf(weight, 3)),
    [0, 50, 100, 100],
  );
});

test("what is said of a token", () => {
  assert.equal(remarks(token("a")), "");
  assert.equal(remarks(token("a", { known: false, read: false, weight: 1.3 })), ", weight 1.3, unknown, not read");
});

test("how much of the room is used", () => {
  assert.equal(used({ count: 12, room: 30, unit: "tokens" }), "12 of 30 tokens");
  assert.equal(used({ count: 31, room: 30, unit: "tokens" }), "31 tokens, only 30 are read");
  assert.equal(used({ count: 1, room: null, unit: "words" }), "1 word");
  assert.equal(used({ count: 0, room: null, unit: "words" }), "0 words");
});

test("signs are explained where they are used", () => {
  assert.deepEqual(legend({ parts: [token("a")] }), []);
  assert.deepEqual(
    legend({ parts: [group([token("a", { known: false })])] }).map(([mark]) => mark),
    ["ds-unknown"],
  );
  assert.deepEqual(
    legend({ parts: [token("a", { known: false }), token("b", { read: false })] }).map(([mark]) => mark),
    ["ds-unknown", "ds-cut"],
  );
});

test("the summary names what needs attention", () => {
  const parts = [token("a"), token("kite", { known: false }), token("b", { read: false })];
  assert.equal(
    summary({ parts, count: 3, room: 2, unit: "tokens" }),
    "3 tokens, only 2 are read; unknown: kite; 1 not read",
  );
  assert.equal(summary({ parts: parts.slice(0, 1), count: 1, room: 2, unit: "tokens" }), "1 of 2 tokens");
});
