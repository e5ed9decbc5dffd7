// The pictures of a grid: thumbs out of atlases that were sent, films and large pictures one by one when they are wanted.
const MOST = 160; // films and large pictures held

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const decode = (bytes, type = "") => createImageBitmap(new Blob([bytes], { type }));

/** The frames of a film: how many there are side by side, each as wide as the cell's picture is for its height. */
export const framesIn = ({ width, height }, [w, h]) => Math.max(1, Math.round((width / height) * (h / w)));

export class Pictures {
  /** `changed` is called when there is more to draw. */
  constructor(model, view, changed) {
    Object.assign(this, { model, changed, turn: 0, ended: false });
    this.sheets = []; // the late atlas first
    this.held = new Map(); // "what key" to a bitmap, the longest unused first
    this.asked = new Map(); // "what key" to { promise, answer }
    const receive = (content, buffers) => content.type === "look" && this.receive(content, buffers);
    model.on("msg:custom", receive);
    view.together("tiles tiles_meta late late_meta", () => this.load());
    view.undo(() => {
      this.ended = true;
      model.off("msg:custom", receive);
      for (const { bitmap } of this.sheets) bitmap.close();
    });
  }

  /** Decode the atlases, where they are others than before. A newer call makes an older one void. */
  async load() {
    const turn = (this.turn += 1);
    const named = [
      ["late", "late_meta"],
      ["tiles", "tiles_meta"],
    ].map(([name, meta]) => [this.model.get(name), this.model.get(meta)]);
    const wanted = named.filter(([view, { keys }]) => view && keys?.length);
    const sheets = await Promise.all(
      wanted.map(async ([view, { type, keys, rects }]) => {
        const before = this.sheets.find((sheet) => sheet.view === view);
        return (
          before ?? {
            view,
            bitmap: await decode(bytesOf(view), type),
            rects: new Map(keys.map((key, i) => [key, rects[i]])),
          }
        );
      }),
    );
    const stale = turn !== this.turn || this.ended;
    const [stays, goes] = stale ? [this.sheets, sheets] : [sheets, this.sheets];
    for (const sheet of goes) if (!stays.includes(sheet)) sheet.bitmap.close();
    if (stale) return;
    this.sheets = sheets;
    for (const key of this.model.get("late_meta").keys ?? [])
      for (const what of ["film", "picture"]) this.held.delete(`${what} ${key}`);
    this.changed();
  }

  /** The thumb of a cell: { bitmap, rect }, or null while it is not finished. */
  tile(key) {
    for (const { bitmap, rects } of this.sheets) {
      const rect = rects.get(key);
      if (rect) return { bitmap, rect };
    }
    return null;
  }

  /** A film or a picture that is there already, or null. */
  now(key, what) {
    const name = `${what} ${key}`;
    const found = this.held.get(name);
    if (!found) return null;
    this.held.delete(name);
    this.held.set(name, found);
    return found;
  }

  /** A film or a picture as a bitmap, or null where there is none. A saved page has what it kept. */
  async want(key, what) {
    const name = `${what} ${key}`;
    const found = this.now(key, what);
    if (found) return found;
    const kept = this.model.get("kept_meta")[what]?.[key];
    if (kept) return this.hold(name, await decode(bytesOf(this.model.get("kept")).subarray(...kept)));
    if (this.model.saved) return null;
    if (!this.asked.has(name)) {
      let answer;
      const promise = new Promise((resolve) => (answer = resolve));
      this.asked.set(name, { promise, answer });
      this.model.send({ type: "look", key, what });
    }
    return this.asked.get(name).promise;
  }

  async receive({ key, what }, buffers) {
    const name = `${what} ${key}`;
    const asked = this.asked.get(name);
    if (!asked) return; // another view of this model asked
    this.asked.delete(name);
    asked.answer(buffers?.length ? this.hold(name, await decode(bytesOf(buffers[0]))) : null);
  }

  hold(name, bitmap) {
    this.held.set(name, bitmap);
    if (this.held.size > MOST) this.held.delete(this.held.keys().next().value);
    return bitmap;
  }
}
