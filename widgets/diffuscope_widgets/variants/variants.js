// synced: nothing; presses travel as messages.  local: pictures that are shown.
import { alertBox, h, scope } from "../base/dom.js";

/** What the two buttons of a cell say to those who do not see the picture. */
export function namesOf(place, cell) {
  const which = `picture ${place + 1}, ${cell.label}`;
  return {
    show: `Show ${which}`,
    larger: cell.larger ? `Larger: ${which} with ${cell.larger} steps` : "",
    vary: `Vary ${which}`,
  };
}

class Sheet {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "variants");
    this.turn = 0;
    this.hint = h("p", { class: "ds-about" }, "Four seeds at once: pick one, then go on from it.");
    this.four = h(
      "button",
      { type: "button", class: "ds-main", title: "Draw the form's recipe with four seeds in a row" },
      "Draw four",
    );
    this.legend = h(
      "p",
      { class: "ds-about" },
      "U draws a picture again with more steps. V draws four with nearby noise.",
    );
    this.cells = [0, 1, 2, 3].map((place) => this.cell(place));
    this.grid = h(
      "div",
      { class: "ds-sheet", role: "group", "aria-label": "Four pictures" },
      ...this.cells.map((cell) => cell.box),
    );
    this.view.root.append(
      alertBox(model, this.view),
      h("div", { class: "ds-line" }, this.four, this.hint),
      this.grid,
      this.legend,
    );
    this.view.listen(this.four, "click", () => model.send({ type: "four" }));
    this.view.together("frames meta ready", () => this.load());
    this.view.undo(() => (this.turn = Infinity));
    this.load();
  }

  cell(place) {
    const canvas = h("canvas", { width: 32, height: 32, "aria-hidden": "true" });
    const show = h("button", { type: "button", class: "ds-take" }, canvas);
    const label = h("p", { class: "ds-about" });
    const up = h("button", { type: "button" }, h("b", {}, `U${place + 1}`), h("span"));
    const vary = h("button", { type: "button" }, h("b", {}, `V${place + 1}`), h("span", {}, "vary"));
    const send = (type) => this.idle || this.model.send({ type, place });
    this.view.listen(show, "click", () => send("show"));
    this.view.listen(up, "click", () => send("larger"));
    this.view.listen(vary, "click", () => send("vary"));
    const line = h("div", { class: "ds-line" }, up, vary);
    return { canvas, show, label, up, vary, line, box: h("div", { class: "ds-cell" }, show, label, line) };
  }

  /** Decode what the traits hold; a newer call makes an older one void. */
  async load() {
    const turn = (this.turn += 1);
    const { cells = [], offsets = [0], type, live } = this.model.get("meta");
    const view = this.model.get("frames");
    const bytes = view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array();
    const one = (_, i) => createImageBitmap(new Blob([bytes.subarray(offsets[i], offsets[i + 1])], { type }));
    const bitmaps = await Promise.all(cells.map(one));
    if (turn === this.turn) this.show(cells, bitmaps, live);
    for (const bitmap of bitmaps) bitmap.close();
  }

  show(cells, bitmaps, live) {
    const { title = "", pixels } = this.model.get("meta");
    const ready = this.model.get("ready");
    this.idle = Boolean(live) || !ready;
    this.four.hidden = !ready;
    this.hint.textContent = cells.length ? title : "Four seeds at once: pick one, then go on from it.";
    this.grid.hidden = cells.length === 0;
    this.legend.hidden = cells.length === 0 || !ready;
    this.cells.forEach((cell, place) => {
      cell.box.hidden = place >= cells.length;
      if (!cell.box.hidden) this.showCell(cell, cells[place], bitmaps[place], { place, live, ready, pixels });
    });
  }

  showCell({ canvas, show, label, up, vary, line }, cell, bitmap, { place, live, ready, pixels }) {
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height)
      Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    canvas.classList.toggle("ds-pixels", pixels);
    label.textContent = `${cell.label} · ${cell.detail}`;
    const names = namesOf(place, cell);
    for (const [button, name] of [
      [show, names.show],
      [up, names.larger],
      [vary, names.vary],
    ]) {
      button.setAttribute("aria-label", name);
      button.title = name;
      button.setAttribute("aria-disabled", String(this.idle)); // `disabled` would take the keyboard's place away
    }
    line.hidden = !ready;
    up.hidden = !live && !cell.larger;
    up.lastChild.textContent = cell.larger ? `${cell.larger} steps` : "larger";
  }
}

function render({ model, el }) {
  const sheet = new Sheet(model, el);
  return () => sheet.view.end();
}

export default { render };
