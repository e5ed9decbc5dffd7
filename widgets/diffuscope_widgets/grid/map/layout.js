// Where the cells of a grid stand: which axis leads where, which rows and columns have anything to show, and how far apart.
// Lengths are in units of a cell's longer side.

const GAP = 0.06;
const GROUP = 0.3; // more between the groups of an outer axis
const FOLD = 12; // one axis alone breaks into lines when it is longer
const WIDE = 1.6; // how much wider than high it then is

/** Every combination of values along some axes, the first axis outermost: { place: Map of axis to value, labels }. */
export function combinations(axes, names) {
  let found = [{ place: new Map(), labels: [] }];
  for (const name of names) {
    const axis = axes.findIndex((one) => one.name === name);
    found = found.flatMap(({ place, labels }) =>
      axes[axis].labels.map((label, value) => ({ place: new Map(place).set(axis, value), labels: [...labels, label] })),
    );
  }
  return found;
}

/** Where each line begins, and where the last one ends: groups stand apart, and lines at least `least`. */
export function starts(lines, size, least = 0) {
  const at = [0];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const groups = next ? line.labels.slice(0, -1).filter((label, level) => label !== next.labels[level]).length : 0;
    at.push(at[i] + (next ? Math.max(size + GAP, least) + GROUP * groups : size));
  });
  return at;
}

/** What the labels of a direction cover, level by level, the outer one first: lists of { from, to, text }, `to` behind the last. */
export function spans(lines) {
  const levels = lines[0]?.labels.length ?? 0;
  return Array.from({ length: levels }, (_, level) => {
    const found = [];
    lines.forEach(({ labels }, i) => {
      const same =
        i > 0 && level < levels - 1 && labels.slice(0, level + 1).every((text, k) => text === lines[i - 1].labels[k]);
      if (same) found.at(-1).to = i + 1;
      else found.push({ from: i, to: i + 1, text: labels[level] });
    });
    return found;
  });
}

/** One long axis as several lines, each named by its first and last value. */
function fold(columns) {
  const wide = Math.ceil(Math.sqrt(columns.length * WIDE));
  const rows = [];
  for (let from = 0; from < columns.length; from += wide) {
    const part = columns.slice(from, from + wide);
    rows.push({
      part,
      labels: [part.length > 1 ? `${part[0].labels[0]} … ${part.at(-1).labels[0]}` : part[0].labels[0]],
    });
  }
  return { rows, columns: Array.from({ length: wide }, () => ({ labels: [] })) };
}

/**
 * The layout of one page.
 *
 * `plan` is GridView.plan; `rows` and `columns` are axis names; `page` says which value of the others; `shown(cell)` whether
 * a cell passes the filter, null where there is none.
 * Gives rows, columns (label spans), xs, ys, width, height (see `spaced`), cell (its width and height), at(row, column): a place in
 * plan.cells or -1, and count: how many there are.
 */
export function layOut(plan, { rows, columns, page }, shown = null) {
  const { axes, cells, box } = plan;
  const places = new Map(cells.map(({ place }, i) => [place.join(), i]));
  const fixed = axes.map(({ name, labels }) => Math.min(Math.max(0, page[name] ?? 0), labels.length - 1));
  const find = (down, right) => {
    const i = places.get(fixed.map((value, axis) => down?.get(axis) ?? right?.get(axis) ?? value).join());
    return i !== undefined && (!shown || shown(cells[i])) ? i : -1;
  };
  let down = combinations(axes, rows);
  let right = combinations(axes, columns);
  if (shown) {
    right = right.filter((one) => down.some((other) => find(other.place, one.place) >= 0));
    down = down.filter((one) => right.some((other) => find(one.place, other.place) >= 0));
  }
  let at = (row, column) => find(down[row].place, right[column].place);
  if (!rows.length && columns.length === 1 && right.length > FOLD) {
    const folded = fold(right);
    at = (row, column) => (folded.rows[row].part[column] ? find(null, folded.rows[row].part[column].place) : -1);
    [down, right] = [folded.rows, folded.columns];
  }
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

/** The same layout with columns and rows at least so far from one another: labels may need it. */
export function spaced(layout, least = [0, 0]) {
  const [xs, ys] = layout.lines.map((lines, i) => starts(lines, layout.cell[i], least[i]));
  return { ...layout, xs, ys, width: xs.at(-1), height: ys.at(-1) };
}

/** The line at a length, or the nearest one; `size` is a cell's. */
export function lineAt(at, length) {
  let [low, high] = [0, at.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= length) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Where an arrow key leads from a row and a column: over holes to the next cell, or null when it is no arrow. */
export function stepFrom({ at, across, down }, key, { row, column }) {
  const ways = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Home: [0, -1],
    End: [0, 1],
  };
  if (!ways[key]) return null;
  const [dy, dx] = ways[key];
  const far = key === "Home" || key === "End";
  let best = { row, column };
  for (let y = row + dy, x = column + dx; y >= 0 && y < down && x >= 0 && x < across; y += dy, x += dx) {
    if (at(y, x) < 0) continue;
    best = { row: y, column: x };
    if (!far) break;
  }
  return best;
}

/** The cell nearest to a place, in reading order, that is not a hole; null when there is none. */
export function nearest({ at, across, down }, row, column) {
  let best = null;
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      const far = Math.abs(y - row) + Math.abs(x - column);
      if (at(y, x) >= 0 && (!best || far < best.far)) best = { row: y, column: x, far };
    }
  }
  return best && { row: best.row, column: best.column };
}
