// A pointer on a map: drag, wheel and pinch move it; a press without a drag is a click.
const STILL = 4; // pixels a pointer may shake and still click
const LINE = 16; // pixels of a wheel that turns in lines

/** @typedef {[x: number, y: number]} Point */

/**
 * What a pointer does, in pixels from the left top of the box.
 * @typedef {object} Acts
 * @property {(right: number, down: number) => boolean} pan whether anything moved
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(at: Point | null) => void} hover
 * @property {(point: Point, also: boolean) => void} press `also`: with the Shift key
 */

/**
 * How much larger a turn of the wheel makes things.
 * @param {number} delta
 */
export const factorOf = (delta) => Math.exp(-Math.max(-60, Math.min(60, delta)) / 180);

export class Pointer {
  /** @type {Map<number, { first: Point, last: Point }>} */
  pointers = new Map();
  dragged = false;

  /**
   * @param {import("../../base/sync.js").View} view
   * @param {HTMLElement} box
   * @param {Acts} act
   */
  constructor(view, box, act) {
    this.box = box;
    this.act = act;
    view.listen(box, "pointerdown", (event) => this.down(event));
    view.listen(box, "pointermove", (event) => this.move(event));
    view.listen(box, "pointerup", (event) => this.up(event));
    view.listen(box, "pointercancel", (event) => this.pointers.delete(event.pointerId));
    view.listen(box, "pointerleave", () => this.act.hover(null));
    view.listen(box, "wheel", (event) => this.wheel(event));
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  at({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button) return;
    if (!this.pointers.size) this.dragged = false;
    this.pointers.set(event.pointerId, { first: this.at(event), last: this.at(event) });
  }

  /** @param {PointerEvent} event */
  move(event) {
    const here = this.at(event);
    const mine = this.pointers.get(event.pointerId);
    if (!mine) {
      if (event.pointerType !== "touch") this.act.hover(here);
      return;
    }
    const by = [here[0] - mine.last[0], here[1] - mine.last[1]];
    if (!this.dragged && Math.hypot(here[0] - mine.first[0], here[1] - mine.first[1]) < STILL) return;
    if (!this.dragged) this.box.setPointerCapture(event.pointerId);
    this.dragged = true;
    const other = [...this.pointers.values()].find((one) => one !== mine);
    if (other) {
      /** @param {Point} point */
      const span = ([x, y]) => Math.max(10, Math.hypot(x - other.last[0], y - other.last[1]));
      const factor = span(here) / span(mine.last);
      this.act.zoom(factor, (here[0] + other.last[0]) / 2, (here[1] + other.last[1]) / 2);
      this.act.pan(by[0] / 2, by[1] / 2);
    } else this.act.pan(by[0], by[1]);
    mine.last = here;
  }

  /** @param {PointerEvent} event */
  up(event) {
    const mine = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (mine && !this.dragged) this.act.press(this.at(event), event.shiftKey);
  }

  /**
   * With Ctrl, which a pinch of a trackpad also says, it zooms. Else it moves; at the edge the page scrolls on.
   * @param {WheelEvent} event
   */
  wheel(event) {
    const unit = event.deltaMode ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.act.zoom(factorOf(event.deltaY * unit), ...this.at(event));
      return;
    }
    const turned = event.shiftKey && !event.deltaX;
    const [right, down] = turned ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    if (this.act.pan(-right * unit, -down * unit)) event.preventDefault();
  }
}
