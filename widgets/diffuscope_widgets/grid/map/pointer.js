// Hands on a map: drag, wheel and pinch move it; a press without a drag is a click.
const STILL = 4; // pixels a pointer may shake and still click
const LINE = 16; // pixels of a wheel that turns in lines

/** How much larger a turn of the wheel makes things. */
export const factorOf = (delta) => Math.exp(-Math.max(-60, Math.min(60, delta)) / 180);

export class Hand {
  /**
   * `act` has pan(right, down), which tells whether anything moved; zoom(factor, x, y); hover(x, y) or hover(null);
   * press(x, y, also), `also` with the Shift key. All in pixels from the left top of `box`.
   */
  constructor(view, box, act) {
    Object.assign(this, { box, act, pointers: new Map(), dragged: false });
    view.listen(box, "pointerdown", (event) => this.down(event));
    view.listen(box, "pointermove", (event) => this.move(event));
    view.listen(box, "pointerup", (event) => this.up(event));
    view.listen(box, "pointercancel", (event) => this.pointers.delete(event.pointerId));
    view.listen(box, "pointerleave", () => this.act.hover(null));
    view.listen(box, "wheel", (event) => this.wheel(event));
  }

  at({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  down(event) {
    if (event.button) return;
    if (!this.pointers.size) this.dragged = false;
    this.pointers.set(event.pointerId, { first: this.at(event), last: this.at(event) });
  }

  move(event) {
    const here = this.at(event);
    const mine = this.pointers.get(event.pointerId);
    if (!mine) return event.pointerType === "touch" ? undefined : this.act.hover(...here);
    const by = [here[0] - mine.last[0], here[1] - mine.last[1]];
    if (!this.dragged && Math.hypot(here[0] - mine.first[0], here[1] - mine.first[1]) < STILL) return undefined;
    if (!this.dragged) this.box.setPointerCapture(event.pointerId);
    this.dragged = true;
    const other = [...this.pointers.values()].find((one) => one !== mine);
    if (other) {
      const span = ([x, y]) => Math.max(10, Math.hypot(x - other.last[0], y - other.last[1]));
      this.act.zoom(span(here) / span(mine.last), (here[0] + other.last[0]) / 2, (here[1] + other.last[1]) / 2);
      this.act.pan(by[0] / 2, by[1] / 2);
    } else this.act.pan(...by);
    mine.last = here;
    return undefined;
  }

  up(event) {
    const mine = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (mine && !this.dragged) this.act.press(...this.at(event), event.shiftKey);
  }

  /** With Ctrl, which a pinch of a trackpad also says, it zooms. Else it moves; at the edge the page scrolls on. */
  wheel(event) {
    const unit = event.deltaMode ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.act.zoom(factorOf(event.deltaY * unit), ...this.at(event));
    } else {
      const [right, down] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      if (this.act.pan(-right * unit, -down * unit)) event.preventDefault();
    }
  }
}
