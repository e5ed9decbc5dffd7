// Where the cells of a grid stand: which axis leads where, which rows and columns have anything to show, and how far
// apart. Lengths are in units of a cell's longer side.

/** @typedef {import("../../base/wire.js").AxisMeta} AxisMeta */
/** @typedef {import("../../base/wire.js").CellMeta} CellMeta */
/** @typedef {import("../../base/wire.js").PlanMeta} PlanMeta */
/** @typedef {import("../../base/wire.js").Arrangement} Arrangement */
/** @typedef {{ row: number, column: number }} Place */
/** @typedef {{ place: Map<number, number>, labels: string[] }} Line `place`: which value of which axis. */
/** @typedef {{ from: number, to: number, text: string }} Span Lines under one label; `to` is behind the last. */

/**
 * @typedef {object} Unspaced
 * @property {[{ labels: string[] }[], { labels: string[] }[]]} lines to the right, and down
 * @property {Span[][]} rows labels level by level, the outer one first
 * @property {Span[][]} columns
 * @property {number[]} cell its width and height
 * @property {number} across how many to the right
 * @property {number} down
 * @property {(row: number, column: number) => number} at a place in plan.cells, or -1
 * @property {number} count how many there are
 */
/** @typedef {Unspaced & { xs: number[], ys: number[], width: number, height: number }} Layout */

const GAP = 0.06;
const GROUP = 0.3; // more between the groups of an outer axis
const FOLD = 12; // one axis alone breaks into lines when it is longer
const WIDE = 1.6; // how much wider than high it then is

/**
 * Every combination of values along some axes, the first axis outermost.
 * @param {AxisMeta[]} axes
 * @param {string[]} names
 */
export function combinations(axes, names) {
  /** @type {Line[]} */
  let found = [{ place: new Map(), labels: [] }];
  for (const name of names) {
    const axis = axes.findIndex((one) => one.name === name);
    found = found.flatMap(({ place, labels }) =>
      axes[axis].labels.map((label, value) => ({
        place: new Map(place).set(axis, value),
        labels: [...labels, label],
      })),
    );
  }
  return found;
}

/**
 * Where each line begins, and where the last one ends: groups stand apart, and lines at least `least`.
 * @param {{ labels: string[] }[]} lines
 * @param {number} size
 */
export function starts(lines, size, least = 0) {
  const at = [0];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const groups = next ? line.labels.slice(0, -1).filter((label, level) => label !== next.labels[level]).length : 0;
    at.push(at[i] + (next ? Math.max(size + GAP, least) + GROUP * groups : size));
  });
  return at;
}

/**
 * What the labels of a direction cover, level by level, the outer one first.
 * @param {{ labels: string[] }[]} lines
 */
export function spans(lines) {
  const levels = lines[0]?.labels.length ?? 0;
  return Array.from({ length: levels }, (_, level) => {
    /** @type {Span[]} */
    const found = [];
    lines.forEach(({ labels }, i) => {
      const outer = labels.slice(0, level + 1);
      const same = i > 0 && level < levels - 1 && outer.every((text, k) => text === lines[i - 1].labels[k]);
      if (same) found[found.length - 1].to = i + 1;
      else found.push({ from: i, to: i + 1, text: labels[level] });
    });
    return found;
  });
}

/**
 * One long axis as several lines, each named by its first and last value.
 * @param {Line[]} columns
 */
function fold(columns) {
  const wide = Math.ceil(Math.sqrt(columns.length * WIDE));
  const rows = Array.from({ length: Math.ceil(columns.length / wide) }, (_, row) => {
    const part = columns.slice(row * wide, (row + 1) * wide);
    const [first, last] = [part[0].labels[0], part[part.length - 1].labels[0]];
    return { part, labels: [part.length > 1 ? `${first} … ${last}` : first] };
  });
  return { rows, columns: Array.from({ length: wide }, () => ({ labels: [] })) };
}

/**
 * The layout of one page. Contact sheets have its twin, Layout of diffuscope/grid/plan/layout.py:
 * tests/support/cases/places.json holds for both.
 * @param {PlanMeta} plan
 * @param {Arrangement} arrangement `page` says which value of the other axes
 * @param {((cell: CellMeta) => boolean) | null} [shown] whether a cell passes the filter, null where there is none
 * @returns {Layout}
 */
export function layOut(plan, { rows, columns, page }, shown = null) {
  const { axes, cells, box } = plan;
  const places = new Map(cells.map(({ place }, i) => [place.join(), i]));
  const fixed = axes.map(({ name, labels }) => Math.min(Math.max(0, page[name] ?? 0), labels.length - 1));
  /** @param {Line["place"] | null} down @param {Line["place"]} right */
  const find = (down, right) => {
    const i = places.get(fixed.map((value, axis) => down?.get(axis) ?? right.get(axis) ?? value).join());
    return i !== undefined && (!shown || shown(cells[i])) ? i : -1;
  };
  let down = combinations(axes, rows);
  let right = combinations(axes, columns);
  if (shown) {
    right = right.filter((one) => down.some((other) => find(other.place, one.place) >= 0));
    down = down.filter((one) => right.some((other) => find(one.place, other.place) >= 0));
  }
  if (!rows.length && columns.length === 1 && right.length > FOLD) {
    const folded = fold(right);
    return pageOf(folded.columns, folded.rows, box, (row, column) => {
      const cell = folded.rows[row].part[column];
      return cell ? find(null, cell.place) : -1;
    });
  }
  return pageOf(right, down, box, (row, column) => find(down[row].place, right[column].place));
}

/**
 * @param {{ labels: string[] }[]} right
 * @param {{ labels: string[] }[]} down
 * @param {[number, number]} box
 * @param {Unspaced["at"]} at
 */
function pageOf(right, down, box, at) {
  const grid = down.map((_, row) => right.map((_, column) => at(row, column)));
  return spaced({
    lines: [right, down],
    rows: spans(down),
    columns: spans(right),
    cell: box.map((side) => side / Math.max(...box)),
    across: right.length,
    down: down.length,
    at: (row, column) => grid[row]?.[column] ?? -1,
    count: grid.flat().filter((i) => i >= 0).length,
  });
}

/**
 * The same layout with columns and rows at least so far from one another: labels may need it.
 * @template {Unspaced} L
 * @param {L} layout
 */
export function spaced(layout, least = [0, 0]) {
  const [xs, ys] = layout.lines.map((lines, i) => starts(lines, layout.cell[i], least[i]));
  return { ...layout, xs, ys, width: xs[xs.length - 1], height: ys[ys.length - 1] };
}

/**
 * The line at a length, or the nearest one.
 * @param {number[]} at
 * @param {number} length
 */
export function lineAt(at, length) {
  let [low, high] = [0, at.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= length) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** @type {Record<string, [number, number]>} */
const WAYS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, -1],
  End: [0, 1],
};

/**
 * Where an arrow key leads from a place: over holes to the next cell, or null when it is no arrow.
 * @param {Pick<Layout, "at" | "across" | "down">} layout
 * @param {string} key
 * @param {Place} from
 */
export function stepFrom({ at, across, down }, key, { row, column }) {
  if (!WAYS[key]) return null;
  const [dy, dx] = WAYS[key];
  const far = key === "Home" || key === "End";
  let best = { row, column };
  for (let y = row + dy, x = column + dx; y >= 0 && y < down && x >= 0 && x < across; y += dy, x += dx) {
    if (at(y, x) < 0) continue;
    best = { row: y, column: x };
    if (!far) break;
  }
  return best;
}

/**
 * The cell nearest to a place, in reading order, that is not a hole; null when there is none.
 * @param {Pick<Layout, "at" | "across" | "down">} layout
 * @param {number} row
 * @param {number} column
 * @returns {Place | null}
 */
export function nearest({ at, across, down }, row, column) {
  const places = Array.from({ length: down * across }, (_, i) => ({
    row: Math.floor(i / across),
    column: i % across,
  }));
  /** @param {Place} place */
  const far = (place) => Math.abs(place.row - row) + Math.abs(place.column - column);
  const found = places.filter((place) => at(place.row, place.column) >= 0);
  return found.length ? found.reduce((best, one) => (far(one) < far(best) ? one : best)) : null;
}
