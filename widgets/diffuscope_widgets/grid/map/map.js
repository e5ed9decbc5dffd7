// The map of a grid: cells on a canvas, labels along two sides, the cursor, and what pointers and keys do there.
import { throttle } from "../../base/sync.js";
import { Painter } from "./canvas.js";
import { build, outline, roomFor } from "./elements.js";
import { actOf, ZOOM } from "./keys.js";
import { Labels } from "./labels.js";
import { nearest, stepFrom } from "./layout.js";
import { Camera } from "./pan_zoom.js";
import { Pointer } from "./pointer.js";
import { Shown } from "./shown.js";
import { Tooltip } from "./tooltip.js";

/** @typedef {import("../../base/wire.js").CellMeta} CellMeta */
/** @typedef {import("./layout.js").Place} Place */

/**
 * @typedef {object} Acts
 * @property {(cell: CellMeta | null, also: boolean) => void} pick
 * @property {(cell: CellMeta, mark: "star" | "reject") => void} rate
 * @property {(by: number) => void} page
 * @property {(cell: CellMeta) => string} words
 * @property {(cell: CellMeta | undefined) => void} cursor is on this cell now
 */

const HIGH = 520; // pixels of the window at most
const LOW = 90;
const ROOMY = 190; // pixels of a cell while all are seen, at most
const TOP = 170; // pixels of the labels above at most
const WAIT = 160; // ms a pointer rests before a cell is looked at
const SHARP = 40; // large pictures asked for at once at most
const NOWHERE = { row: -1, column: -1 };

export class GridMap {
  /** @type {Shown | null} */
  shown = null;
  /** Where the cursor is. @type {Place} */
  at = { row: 0, column: 0 };
  /** Where the pointer is. @type {Place | null} */
  hover = null;
  /** Keys of cells. @type {string[]} */
  picked = [];
  frame = 0;
  haste = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  rest;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  calm;
  camera = new Camera();
  top = new Labels("top");
  left = new Labels("left");
  sharpen = throttle((/** @type {string[]} */ keys) => this.ask(keys), 250);

  /**
   * @param {import("../../base/sync.js").View} view
   * @param {import("./pictures.js").Pictures} pictures
   * @param {(key: string) => import("./canvas.js").Rating} mark
   * @param {string} about id of the text that explains the keys
   * @param {Acts} act
   */
  constructor(view, pictures, mark, about, act) {
    this.pictures = pictures;
    this.mark = mark;
    this.act = act;
    this.tooltip = new Tooltip(pictures);
    this.parts = build(about, this.top.box, this.left.box, this.tooltip.box);
    this.canvas = this.parts.canvas;
    this.painter = new Painter(this.canvas);
    this.listen(view);
  }

  /** @param {import("../../base/sync.js").View} view */
  listen(view) {
    const { canvas, parts, camera } = this;
    new Pointer(view, parts.window, {
      pan: (right, down) => this.moved(camera.move(right, down)),
      zoom: (factor, x, y) => this.zoomAt(factor, x, y),
      hover: (point) => this.point(point && this.placeAt(point)),
      press: (point, also) => this.press(this.placeAt(point), also),
    });
    view.listen(parts.out, "click", () => this.zoomBy(1 / ZOOM));
    view.listen(parts.all, "click", () => this.seeAll());
    view.listen(parts.into, "click", () => this.zoomBy(ZOOM));
    view.listen(canvas, "keydown", (event) => this.key(event));
    view.listen(canvas, "focus", () => this.redraw());
    view.listen(canvas, "blur", () => this.moved(true));
    const resize = new ResizeObserver(() => {
      this.fit();
      cancelAnimationFrame(this.frame);
      this.draw(); // now: a frame later, one without labels would have been seen
    });
    resize.observe(parts.box);
    view.undo(() => {
      resize.disconnect();
      cancelAnimationFrame(this.frame);
      clearTimeout(this.rest);
      clearTimeout(this.calm);
      this.sharpen.cancel();
      this.tooltip.hide();
    });
  }

  /**
   * Show a layout, all of it.
   * @param {import("../../base/wire.js").PlanMeta} plan
   * @param {import("./layout.js").Layout} layout
   * @param {string[]} names of the axes to the right and down
   * @param {string} none is said where it is empty
   */
  show(plan, layout, names, none) {
    this.shown = new Shown(plan, layout);
    this.hover = null;
    this.at = nearest(layout, this.at.row, this.at.column) ?? { row: 0, column: 0 };
    this.parts.none.hidden = layout.count > 0;
    this.parts.none.textContent = none;
    [this.parts.right.textContent, this.parts.down.textContent] = names;
    this.look(null);
    this.camera.scale = 0;
    this.fit();
  }

  /** The map has another size, or holds something else. */
  fit() {
    const { camera, shown } = this;
    const { box } = this.parts;
    if (!shown || !box.clientWidth) return;
    this.left.set(shown.layout.rows, box.clientWidth * 0.34);
    this.top.set(shown.layout.columns, TOP);
    const [left, top] = [Math.max(this.left.thick, 84), Math.max(this.top.thick, 46)];
    const wide = Math.max(40, box.clientWidth - left);
    shown.layout = roomFor(shown.layout, [this.top.need, this.left.need], [wide, HIGH], ROOMY);
    const { width, height } = shown.layout;
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
    const { shown, camera, pictures, mark, at } = this;
    if (!shown || !camera.scale) return; // nothing to show, or nowhere to show it yet
    const { layout } = shown;
    const scene = { plan: shown.plan, layout, camera, pictures, mark, ratio: devicePixelRatio || 1 };
    const coarse = this.painter.draw(scene, this.haste);
    const here = this.hover ?? (this.canvas.matches(":focus") ? at : NOWHERE);
    this.top.draw(layout.xs, layout.cell[0], camera.x, camera.scale, camera.wide, here.column);
    this.left.draw(layout.ys, layout.cell[1], camera.y, camera.scale, camera.high, here.row);
    outline(this.parts.cursor, this.rect(at));
    for (const [i, box] of this.parts.choice.entries()) {
      const place = this.picked[i] ? shown.placeOf(this.picked[i]) : null;
      outline(box, place && this.rect(place));
    }
    this.parts.window.classList.toggle("ds-near", !camera.fits);
    if (coarse.length && coarse.length <= SHARP) this.sharpen(coarse);
  }

  /** @param {string[]} keys */
  ask(keys) {
    for (const key of keys) this.pictures.want(key, "picture").then((found) => found && this.repaint());
  }

  /** @param {[x: number, y: number]} point of the window, pixels */
  placeAt([x, y]) {
    return this.shown?.placeAt(this.camera.toPlane(x, y)) ?? null;
  }

  /** @param {Place | null} place */
  cell(place) {
    return place ? this.shown?.cell(place) : undefined;
  }

  /** @param {Place} place */
  rect(place) {
    return this.shown?.rect(place, this.camera) ?? null;
  }

  // -- pointers and keys

  /**
   * The camera has moved, if it did; what was looked at is elsewhere now.
   * @param {boolean} moved
   */
  moved(moved) {
    this.look(null);
    this.redraw();
    return moved;
  }

  seeAll() {
    this.camera.fit();
    this.moved(true);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    const { left, top, width, height } = this.rect(this.at) ?? { left: 0, top: 0, width: 0, height: 0 };
    this.zoomAt(factor, left + width / 2, top + height / 2);
  }

  /**
   * Zoom at a pixel; cells are painted anew when the pointer rests.
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  zoomAt(factor, x, y) {
    this.haste = true;
    clearTimeout(this.calm);
    this.calm = setTimeout(() => {
      this.haste = false;
      this.redraw();
    }, 120);
    this.camera.zoom(factor, x, y);
    this.moved(true);
  }

  /** @param {Place | null} place */
  point(place) {
    if (place?.row === this.hover?.row && place?.column === this.hover?.column) return;
    this.hover = place;
    this.redraw();
    clearTimeout(this.rest);
    if (!place) this.look(null);
    else this.rest = setTimeout(() => this.look(place), this.tooltip.key ? 0 : WAIT);
  }

  /**
   * A closer look at a cell, or none.
   * @param {Place | null} place
   */
  look(place) {
    clearTimeout(this.rest);
    const { shown } = this;
    const { box, window } = this.parts;
    const cell = this.cell(place);
    const rect = place && this.rect(place);
    if (!shown || !cell || !rect) return this.tooltip.hide();
    const room = { width: box.clientWidth, height: box.clientHeight };
    const at = { ...rect, left: rect.left + window.offsetLeft, top: rect.top + window.offsetTop, room };
    return this.tooltip.show(cell, this.act.words(cell), shown.plan.pixels, at);
  }

  /**
   * @param {Place | null} place
   * @param {boolean} also beside the one that is picked
   */
  press(place, also) {
    this.canvas.focus({ preventScroll: true });
    const cell = this.cell(place);
    if (!place || !cell) return;
    this.go(place);
    this.look(null); // it is seen large now, and the next one to pick may lie below
    this.act.pick(cell, also);
  }

  /** @param {Place} place */
  go(place) {
    this.at = place;
    this.redraw();
    this.act.cursor(this.cell(place));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { shown } = this;
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepFrom(shown.layout, event.key, this.at);
    const name = event.key.length > 1 ? event.key : event.key.toLowerCase();
    const act = step ? () => this.walk(step) : actOf(this, name, event.shiftKey);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @param {Place} place */
  walk(place) {
    const { shown, camera } = this;
    if (!shown) return;
    const { xs, ys, cell } = shown.layout;
    camera.reveal(xs[place.column], ys[place.row], cell[0], cell[1]);
    this.hover = null;
    this.go(place);
    this.look(place);
  }
}
