// The map of a grid: cells on a canvas, labels along two sides, the cursor, and what the hands on it do.
import { h, throttle } from "../../base/dom.js";
import { Painter } from "./canvas.js";
import { Labels } from "./labels.js";
import { lineAt, nearest, spaced, stepFrom } from "./layout.js";
import { Camera } from "./pan_zoom.js";
import { Hand } from "./pointer.js";
import { Peek } from "./tooltip.js";

const HIGH = 520; // pixels of the window at most
const LOW = 90;
const ROOMY = 190; // pixels of a cell while all are seen, at most
const TOP = 170; // pixels of the labels above at most
const WAIT = 160; // ms a pointer rests before a cell is looked at
const SHARP = 40; // large pictures asked for at once at most
const NOWHERE = { row: -1, column: -1 };
const STEP = 1.5; // of the zoom buttons and keys

function build(keys) {
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "grid of pictures",
    "data-lm-suppress-shortcuts": "true",
    "aria-describedby": keys,
  });
  const cursor = h("div", { class: "ds-cursor" });
  const choice = [h("div", { class: "ds-choice" }), h("div", { class: "ds-choice ds-second" })];
  const corner = h("div", { class: "ds-corner", "aria-hidden": "true" }, h("span"), h("span"));
  const zoom = [
    ["−", "Zoom out"],
    ["Fit", "See all"],
    ["+", "Zoom in"],
  ].map(([label, about]) => h("button", { type: "button", "aria-label": about, title: about }, label));
  const window = h("div", { class: "ds-window" }, canvas, ...choice, cursor);
  return { canvas, cursor, choice, corner, zoom, window, none: h("p", { class: "ds-none" }) };
}

/** A layout whose lines stand so far apart that every label can be seen, where there is room for that; `needs` in pixels. */
export function roomFor(layout, needs, room) {
  const { width, height, across, down } = spaced(layout);
  const scale = Math.min(room[0] / width, room[1] / height, ROOMY);
  return spaced(
    layout,
    needs.map((need, i) => ([across, down][i] * need <= room[i] ? need / scale : 0)),
  );
}

export class GridMap {
  /**
   * `act` has pick(cell, also), rate(cell, mark), page(by), words(cell), told(cell): the cursor is there now.
   * `keys` is the id of the text that explains the keys; `mark` gives the rating of a key.
   */
  constructor(view, pictures, mark, keys, act) {
    Object.assign(this, build(keys), { pictures, mark, act, camera: new Camera(), frame: 0, plan: null, layout: null });
    Object.assign(this, { at: { row: 0, column: 0 }, hover: null, rest: 0, picked: [], haste: false, calm: 0 });
    this.painter = new Painter(this.canvas);
    this.top = new Labels("top");
    this.left = new Labels("left");
    this.peek = new Peek(pictures);
    this.box = h(
      "div",
      { class: "ds-map" },
      this.corner,
      this.top.box,
      this.left.box,
      this.window,
      this.none,
      this.peek.box,
    );
    this.zoomBar = h("span", { class: "ds-zoom", role: "group", "aria-label": "Zoom" }, ...this.zoom);
    this.sharpen = throttle((wanted) => this.ask(wanted), 250);
    new Hand(view, this.window, {
      pan: (right, down) => this.moved(this.camera.move(right, down)),
      zoom: (factor, x, y) => this.zoomAt(factor, x, y),
      hover: (x, y) => this.point(x === null ? null : this.cellAt(x, y)),
      press: (x, y, also) => this.press(this.cellAt(x, y), also),
    });
    const [out, all, into] = this.zoom;
    view.listen(out, "click", () => this.zoomBy(1 / STEP));
    view.listen(all, "click", () => this.moved(this.camera.fit()));
    view.listen(into, "click", () => this.zoomBy(STEP));
    view.listen(this.canvas, "keydown", (event) => this.key(event));
    view.listen(this.canvas, "focus", () => this.redraw());
    view.listen(this.canvas, "blur", () => this.moved());
    const resize = new ResizeObserver(() => {
      this.fit();
      cancelAnimationFrame(this.frame);
      this.draw(); // now: a frame later, one without labels would have been seen
    });
    resize.observe(this.box);
    view.undo(() => {
      resize.disconnect();
      cancelAnimationFrame(this.frame);
      clearTimeout(this.rest);
      clearTimeout(this.calm);
      this.sharpen.cancel();
      this.peek.hide();
    });
  }

  /** Show a layout, all of it; `none` is said where it is empty, `names` are those of the axes to the right and down. */
  show(plan, layout, names, none) {
    Object.assign(this, { plan, layout, hover: null });
    this.at = nearest(layout, this.at.row, this.at.column) ?? { row: 0, column: 0 };
    this.none.hidden = layout.count > 0;
    this.none.textContent = none;
    [...this.corner.children].forEach((one, i) => (one.textContent = names[i]));
    this.look(null);
    this.camera.scale = 0;
    this.fit();
  }

  /** The map has another size, or holds something else. */
  fit() {
    const { camera, box } = this;
    if (!this.layout || !box.clientWidth) return;
    this.left.set(this.layout.rows, box.clientWidth * 0.34);
    this.top.set(this.layout.columns, TOP);
    const [left, top] = [Math.max(this.left.thick, 84), Math.max(this.top.thick, 46)];
    const wide = Math.max(40, box.clientWidth - left);
    const { width, height } = (this.layout = roomFor(this.layout, [this.top.need, this.left.need], [wide, HIGH]));
    const high = Math.min(HIGH, Math.max(LOW, height * Math.min(wide / width, ROOMY)));
    box.style.gridTemplate = `minmax(${top}px, auto) ${high}px / ${left}px minmax(0, 1fr)`;
    this.painter.forget();
    camera.size({ wide, high, width, height, roomy: ROOMY, largest: Math.min(wide, high) });
    this.redraw();
  }

  // -- drawing, once a frame at most

  /** Other pictures or marks. */
  repaint() {
    this.painter.forget();
    this.redraw();
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { layout, camera, plan, pictures, mark, at } = this;
    if (!layout || !camera.scale) return; // nothing to show, or nowhere to show it yet
    const coarse = this.painter.draw(
      { plan, layout, camera, pictures, mark, ratio: devicePixelRatio || 1 },
      this.haste,
    );
    const here = this.hover ?? (this.canvas.matches(":focus") ? at : NOWHERE);
    this.top.draw(layout.xs, layout.cell[0], camera.x, camera.scale, camera.wide, here.column);
    this.left.draw(layout.ys, layout.cell[1], camera.y, camera.scale, camera.high, here.row);
    this.outline(this.cursor, at);
    this.choice.forEach((box, i) => this.outline(box, this.picked[i] ? this.placeOf(this.picked[i]) : null));
    this.window.classList.toggle("ds-near", !camera.fits);
    if (coarse.length && coarse.length <= SHARP) this.sharpen(coarse);
  }

  /** Where a cell is in the window, pixels. */
  rect({ row, column }) {
    const {
      layout: { xs, ys, cell },
      camera,
    } = this;
    const [left, top] = camera.toWindow(xs[column], ys[row]);
    return { left, top, width: cell[0] * camera.scale, height: cell[1] * camera.scale };
  }

  outline(box, place) {
    box.hidden = !place || this.layout.at(place.row, place.column) < 0;
    if (box.hidden) return;
    const { left, top, width, height } = this.rect(place);
    Object.assign(box.style, {
      transform: `translate(${left}px, ${top}px)`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  ask(keys) {
    for (const key of keys) this.pictures.want(key, "picture").then((found) => found && this.repaint());
  }

  // -- cells and places

  cell(place) {
    return place && this.plan ? this.plan.cells[this.layout.at(place.row, place.column)] : undefined;
  }

  cellAt(left, top) {
    if (!this.layout) return null;
    const { xs, ys } = this.layout;
    const [x, y] = this.camera.toPlane(left, top);
    const place = { row: lineAt(ys, y), column: lineAt(xs, x) };
    return x <= this.layout.width && y <= this.layout.height && this.cell(place) ? place : null;
  }

  placeOf(key) {
    const { down, across } = this.layout;
    for (let i = 0; i < down * across; i += 1) {
      const place = { row: Math.floor(i / across), column: i % across };
      if (this.cell(place)?.key === key) return place;
    }
    return null;
  }

  // -- hands and keys

  /** The camera has moved; what was looked at is elsewhere now. */
  moved(moved) {
    this.look(null);
    this.redraw();
    return moved;
  }

  zoomBy(factor) {
    const { left, top, width, height } = this.cell(this.at)
      ? this.rect(this.at)
      : { left: 0, top: 0, width: 0, height: 0 };
    this.zoomAt(factor, left + width / 2, top + height / 2);
  }

  /** Zoom at a pixel; cells are painted anew when the hand rests. */
  zoomAt(factor, x, y) {
    this.haste = true;
    clearTimeout(this.calm);
    this.calm = setTimeout(() => {
      this.haste = false;
      this.redraw();
    }, 120);
    this.moved(this.camera.zoom(factor, x, y));
  }

  point(place) {
    if (place?.row === this.hover?.row && place?.column === this.hover?.column) return;
    this.hover = place;
    this.redraw();
    clearTimeout(this.rest);
    if (!place) this.look(null);
    else this.rest = setTimeout(() => this.look(place), this.peek.key ? 0 : WAIT);
  }

  /** A closer look at a cell, or none. */
  look(place) {
    clearTimeout(this.rest);
    const cell = this.cell(place);
    if (!cell) return this.peek.hide();
    const { left, top, ...size } = this.rect(place);
    const room = { width: this.box.clientWidth, height: this.box.clientHeight };
    const at = { left: left + this.window.offsetLeft, top: top + this.window.offsetTop, ...size, room };
    return this.peek.show(cell, this.act.words(cell), this.plan.pixels, at);
  }

  press(place, also) {
    this.canvas.focus({ preventScroll: true });
    if (!place) return;
    this.go(place);
    this.look(null); // it is seen large now, and the next one to pick may lie below
    this.act.pick(this.cell(place), also);
  }

  go(place) {
    this.at = place;
    this.redraw();
    this.act.told(this.cell(place));
  }

  key(event) {
    const cell = this.cell(this.at);
    if (!this.layout || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepFrom(this.layout, event.key, this.at);
    const acts = {
      Enter: () => cell && this.act.pick(cell, event.shiftKey),
      " ": () => cell && this.act.pick(cell, event.shiftKey),
      c: () => cell && this.act.pick(cell, true),
      s: () => cell && this.act.rate(cell, "star"),
      x: () => cell && this.act.rate(cell, "reject"),
      "+": () => this.zoomBy(STEP),
      "=": () => this.zoomBy(STEP),
      "-": () => this.zoomBy(1 / STEP),
      0: () => this.moved(this.camera.fit()),
      PageUp: () => this.act.page(-1),
      PageDown: () => this.act.page(1),
      Escape: () => (this.peek.key ? this.look(null) : this.act.pick(null)),
    };
    const act = step ? () => this.walk(step) : acts[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  walk(place) {
    const { xs, ys, cell } = this.layout;
    this.camera.reveal(xs[place.column], ys[place.row], ...cell);
    this.hover = null;
    this.go(place);
    this.look(place);
  }
}
