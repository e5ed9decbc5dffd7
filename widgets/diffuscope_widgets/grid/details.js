// Beside the map: the picked cell large, with its film and settings; or two, compared.

import { h, icon, setSlider } from "../base/dom.js";
import { Versus } from "../parts/compare_controls.js";
import { Screen } from "../parts/row.js";
import { framesIn } from "./map/pictures.js";

const FIELDS = [
  "prompt",
  "negative_prompt",
  "seed",
  "scheduler",
  "schedule",
  "steps",
  "guidance_scale",
  "width",
  "height",
];

/** What differs in the settings of two cells: dicts of field, left, right. */
export function differ(common, one, other) {
  return Object.keys(common)
    .map((field) => ({
      field,
      left: one.changed[field] ?? common[field],
      right: other.changed[field] ?? common[field],
    }))
    .filter(({ left, right }) => left !== right);
}

/** The settings of a cell worth a line: the usual ones, and what it has otherwise than others. */
export function told(common, cell) {
  const names = Object.keys(common).filter(
    (name) => (FIELDS.includes(name) && common[name] !== "none") || name in cell.changed,
  );
  return names.map((name) => [name.replaceAll("_", " "), cell.changed[name] ?? common[name]]);
}

function build() {
  const hint = h(
    "div",
    { class: "ds-hint" },
    h("b", {}, "No picture picked"),
    h("p", {}, "Click one to see it large, with its film and settings. Shift-click another to compare the two."),
  );
  const range = h("input", { type: "range", min: 0, step: 1, "aria-label": "Frame of the film" });
  const where = h("output", { class: "ds-soft" });
  const film = h("div", { class: "ds-filmline" }, range, where);
  const button = (name, label, about) =>
    h("button", { type: "button", title: about, "aria-pressed": "false" }, icon(name), label);
  const star = button("star", "Star", "Keep it for the next grid (S)");
  const reject = button("cross", "Reject", "Out of the way (X)");
  const close = h("button", { type: "button", title: "Pick none (Escape)" }, "Close");
  const wait = h(
    "button",
    {
      type: "button",
      title: "The next cell that is picked stands beside this one (C, or Shift-click)",
      "aria-pressed": "false",
    },
    "Compare",
  );
  const table = h("table", { class: "ds-told" });
  return {
    hint,
    range,
    where,
    film,
    star,
    reject,
    wait,
    close,
    table,
    buttons: h("div", { class: "ds-line" }, star, reject, wait, close),
  };
}

export class Side {
  /** `act` has rate(cell, mark) and close(). */
  constructor(model, view, pictures, act) {
    Object.assign(
      this,
      { model, view, pictures, turn: 0, cells: [], films: [], larges: [], frame: 0, screen: null },
      build(),
    );
    this.versus = new Versus(
      model,
      view,
      () => this.draw(),
      () => (this.cells.length > 1 ? differ(this.common, ...this.cells) : []),
    );
    this.stage = h("div", { class: "ds-stage" });
    this.box = h(
      "div",
      { class: "ds-side", role: "group", "aria-label": "Picked" },
      this.hint,
      this.versus.bar,
      this.stage,
      this.film,
      this.buttons,
      this.table,
      this.versus.list,
    );
    view.listen(this.range, "input", () => this.go(Number(this.range.value)));
    view.listen(this.star, "click", () => act.rate(this.cells.at(-1), "star"));
    view.listen(this.reject, "click", () => act.rate(this.cells.at(-1), "reject"));
    view.listen(this.close, "click", () => act.close());
    view.listen(this.wait, "click", () => this.await(!this.waits));
    view.undo(() => (this.turn = Infinity));
    this.versus.show(false);
  }

  /** Whether the next cell picked is to be compared with this one. */
  get waits() {
    return this.wait.getAttribute("aria-pressed") === "true";
  }

  await(on) {
    this.wait.setAttribute("aria-pressed", String(on));
    this.wait.textContent = on ? "Pick the other" : "Compare";
  }

  /** Thumbs have come, perhaps of what is shown. */
  arrived() {
    if (this.cells.length && !this.finished) this.show(this.plan, this.cells);
  }

  /** Show one or two cells, or none. */
  show(plan, cells) {
    const turn = (this.turn += 1);
    const finished = (this.finished = cells.every(({ key }) => this.pictures.tile(key)));
    const two = cells.length > 1 && finished;
    Object.assign(this, { plan, cells, common: plan.common, films: [], larges: [] });
    this.await(false);
    this.hint.hidden = cells.length > 0;
    for (const part of [this.stage, this.buttons]) part.hidden = !cells.length;
    this.film.hidden = true;
    this.versus.show(two);
    this.versus.write();
    this.table.hidden = cells.length !== 1;
    if (cells.length) this.tell(cells);
    this.stage.replaceChildren(...(finished ? [] : [h("p", { class: "ds-soft" }, "Not finished yet.")]));
    if (!cells.length || !finished) return;
    this.build(plan, cells);
    this.draw();
    const want = (what) => Promise.all(cells.map(({ key }) => this.pictures.want(key, what)));
    const put = (name, found) => {
      if (turn !== this.turn) return;
      this[name] = found;
      if (name === "films") this.offer();
      this.draw();
    };
    want("picture").then((found) => put("larges", found));
    want("film").then((found) => put("films", found));
  }

  /** The screen, as large as the larger picture. It stays (enlarged, say) while that keeps its size. */
  build(plan, cells) {
    const [width, height] = [0, 1].map((side) => Math.max(...cells.map(({ size }) => size[side])));
    const before = this.screen?.row;
    if (before?.width !== width || before.height !== height || before.pixels !== plan.pixels) {
      const row = { symbol: "x₀", label: "the picture", width, height, pixels: plan.pixels, white: null };
      this.screen = new Screen(this.view, row, (share) => this.versus.wipe(share));
    }
    this.stage.append(this.screen.box);
  }

  tell(cells) {
    this.table.replaceChildren(
      h("caption", { class: "ds-spoken" }, "Settings"),
      h(
        "tbody",
        {},
        ...told(this.common, cells[0]).map(([name, text]) =>
          h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text)),
        ),
      ),
    );
  }

  mark(rating) {
    const mine = this.cells.length ? rating(this.cells.at(-1).key) : undefined;
    this.star.setAttribute("aria-pressed", String(mine === "star"));
    this.reject.setAttribute("aria-pressed", String(mine === "reject"));
  }

  /** The films have come: a slider, which begins at the finished picture. */
  offer() {
    this.count = this.films.every(Boolean)
      ? Math.max(...this.films.map((film, i) => framesIn(film, this.cells[i].size)))
      : 0;
    this.film.hidden = this.count < 2;
    this.range.max = this.count; // one more than frames: the finished picture
    this.go(this.count);
  }

  go(frame) {
    this.frame = frame;
    setSlider(this.range, frame);
    const text = frame >= this.count ? "finished" : `x₀, frame ${frame + 1} of ${this.count}`;
    this.where.textContent = text;
    this.range.setAttribute("aria-valuetext", text);
    this.draw();
  }

  /** What a cell looks like now: a frame of its film, else its picture, else its thumb. */
  look({ key, size }, i) {
    const film = this.films[i];
    if (film && !this.film.hidden && this.frame < this.count) {
      const frames = framesIn(film, size);
      const wide = film.width / frames;
      return this.cut(film, [Math.round(Math.min(this.frame, frames - 1) * wide), 0, Math.round(wide), film.height], i);
    }
    const { bitmap, rect } = this.pictures.tile(key);
    return this.larges[i] ?? this.cut(bitmap, rect, i);
  }

  /** A part of a bitmap as a picture of its own. */
  cut(bitmap, [x, y, width, height], i) {
    const canvas = ((this.cuts ??= [])[i] ??= h("canvas"));
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(bitmap, x, y, width, height, 0, 0, width, height);
    return canvas;
  }

  draw() {
    const { cells, screen } = this;
    if (!screen || !cells.length || !cells.every(({ key }) => this.pictures.tile(key))) return;
    const looks = cells.map((cell, i) => ({ first: this.look(cell, i), second: null, share: 0 }));
    screen.draw(
      looks,
      this.versus.how,
      this.film.hidden ? "finished" : this.where.textContent,
      cells.at(-1).changed.prompt ?? this.common.prompt,
    );
  }
}
