// A recorded run in the browser: packed pictures, decoded row by row when they are wanted, and where the playhead stands in it.

/** Three digits at most, as people read noise over signal: 14.6, 3.2, 0.031. */
export function short(value) {
  if (value === null || value === Infinity) return "∞"; // no signal at all; JSON has no infinity
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** "step 5 of 20 · σ/α 3.20 · t 801" */
export function caption(meta, frame) {
  const parts = [`step ${meta.steps[frame] + 1} of ${meta.calls}`, `σ/α ${short(meta.ratio[frame])}`];
  if (meta.timestep) parts.push(`t ${Math.round(meta.timestep[frame])}`);
  return parts.join(" · ");
}

/**
 * Where a run of `count` frames stands when the playhead is at `position` of the `longest` run: at the same share of its
 * way. `share` is how far it is on to the next frame, 0 to 1.
 */
export function placeIn(position, longest, count) {
  const exact = longest > 1 ? (position / (longest - 1)) * (count - 1) : count - 1;
  const frame = Math.min(count - 1, Math.floor(exact + 1e-9));
  return { frame, share: Math.max(0, exact - frame) };
}

const shut = (bitmaps) => bitmaps.forEach((bitmap) => bitmap.close());

export class Reel {
  constructor(meta, view) {
    this.meta = meta;
    this.bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.count = meta.steps.length;
    this.pictures = {}; // row name to its decoded frames
    this.ended = false;
  }

  row(name) {
    return this.meta.rows.find((row) => row.name === name);
  }

  /** Decode the rows named, where that has not been done. */
  async want(names) {
    await Promise.all(names.filter((name) => !this.pictures[name]).map((name) => this.decode(name)));
  }

  async decode(name) {
    const { offsets, type } = this.row(name);
    const one = (end, i) => createImageBitmap(new Blob([this.bytes.subarray(offsets[i], end)], { type }));
    const bitmaps = await Promise.all(offsets.slice(1).map(one));
    if (this.ended || this.pictures[name]) shut(bitmaps);
    else this.pictures[name] = bitmaps;
  }

  /** Free all decoded rows but these. */
  keep(names) {
    for (const name of Object.keys(this.pictures).filter((one) => !names.includes(one))) {
      shut(this.pictures[name]);
      delete this.pictures[name];
    }
  }

  end() {
    this.ended = true;
    this.keep([]);
  }
}
