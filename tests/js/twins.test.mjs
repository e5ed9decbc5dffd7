// What Python does too: both are held by the cases of tests/support/cases. Python's side: tests/house/test_twins.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { layOut } from "../../widgets/diffuscope_widgets/grid/map/layout.js";
import { grey } from "../../widgets/diffuscope_widgets/latents/view.js";
import { readSeed } from "../../widgets/diffuscope_widgets/parts/controls/fields.js";
import { placeIn } from "../../widgets/diffuscope_widgets/parts/frames.js";
import { callsOf } from "../../widgets/diffuscope_widgets/parts/schedulers.js";
import { reweigh } from "../../widgets/diffuscope_widgets/prompt/weights.js";
import { portrait, slerp } from "../../widgets/diffuscope_widgets/seeds/noise.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../support/cases/${name}.json`, import.meta.url), "utf8"));
const colours = (rgba) => [...rgba].filter((_, i) => i % 4 < 3);

/** A test over all cases of a file; `check` also gets what the file says of all of them. */
function over(name, check) {
  const { cases, ...about } = read(name);
  test(`${name}: ${about.about}`, () => {
    assert.ok(cases.length);
    for (const one of cases) check(one, about);
  });
}

over("slerp", ({ a, b, strength, mix }) => {
  const found = slerp(Float32Array.from(a), Float32Array.from(b), strength);
  for (const [i, value] of mix.entries()) assert.ok(Math.abs(found[i] - value) < 2e-6, `${found[i]} is not ${value}`);
});

over("calls", ({ rule, steps, calls }) => assert.equal(callsOf(rule, steps), calls));

over("frames", ({ longest, count, position, frame }) => assert.equal(placeIn(position, longest, count).frame, frame));

over("portrait", ({ noise, shape, rgb }, { deviations }) =>
  assert.deepEqual(colours(portrait(Float32Array.from(noise), shape, deviations)), rgb),
);

over("grey", ({ values, white, grey: shades }) =>
  assert.deepEqual(
    colours(grey(Float32Array.from(values), white, 0)),
    shades.flatMap((one) => [one, one, one]),
  ),
);

over("seeds", ({ value, fine }, { most }) => assert.equal(readSeed(String(value), most), fine ? value : undefined));

over("weights", ({ text, change, made }, { heaviest }) => {
  const begin = text.indexOf("‹");
  const end = text.indexOf("›") - 1;
  const found = reweigh(text.replace(/[‹›]/g, ""), begin, end, change, heaviest);
  const marked = ({ text: t, begin: b, end: e }) => `${t.slice(0, b)}‹${t.slice(b, e)}›${t.slice(e)}`;
  assert.equal(found && marked(found), made);
});

over("places", ({ sizes, holes, rows, columns }) => {
  const labels = (n) => Array.from({ length: n }, (_, value) => String(value));
  const axes = sizes.map((n, i) => ({ name: "ab"[i], labels: labels(n) }));
  const places = sizes.reduce((all, n) => all.flatMap((place) => labels(n).map((i) => [...place, Number(i)])), [[]]);
  const cells = places
    .filter((place) => !holes.some((hole) => String(hole) === String(place)))
    .map((place) => ({ key: String(place), place, size: [8, 8], changed: {} }));
  const plan = { axes, cells, common: {}, box: [8, 8], pixels: true };
  const layout = layOut(plan, { rows: ["a"], columns: ["b"], page: {} }, () => true);
  const texts = (levels) => levels[0].map(({ text }) => Number(text));
  assert.deepEqual([texts(layout.rows), texts(layout.columns)], [rows, columns]);
  for (const [row, a] of rows.entries()) {
    for (const [column, b] of columns.entries()) {
      const found = cells[layout.at(row, column)];
      assert.equal(found?.key, holes.some((hole) => String(hole) === `${a},${b}`) ? undefined : `${a},${b}`);
    }
  }
});
