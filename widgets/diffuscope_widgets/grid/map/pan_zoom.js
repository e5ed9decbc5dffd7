// A window onto a plane: what part is seen, and how large. The plane has its own units; the window has pixels.
import { clamp } from "../../base/dom.js";

export class Camera {
  constructor() {
    Object.assign(this, { x: 0, y: 0, scale: 1, wide: 1, high: 1, width: 1, height: 1, largest: 1, roomy: 1 });
  }

  /** The scale at which all is seen; small planes are not blown up beyond `roomy`. */
  get whole() {
    return Math.min(this.wide / this.width, this.high / this.height, this.roomy);
  }

  get fits() {
    return this.scale <= this.whole * 1.001;
  }

  /** Another window (pixels) or another plane (units); scales in pixels a unit. Whoever saw all of it goes on doing so. */
  size({ wide, high, width, height, roomy, largest }) {
    const { fits } = this;
    Object.assign(this, { wide, high, width, height, roomy, largest: Math.max(largest, 1) });
    if (fits) this.fit();
    else this.move(0, 0);
  }

  fit() {
    Object.assign(this, { x: 0, y: 0, scale: this.whole });
  }

  /** Move the plane by pixels. Returns whether it moved. */
  move(right, down) {
    const { x, y } = this;
    this.scale = clamp(this.scale, this.whole, Math.max(this.whole, this.largest));
    this.x = clamp(x - right / this.scale, 0, Math.max(0, this.width - this.wide / this.scale));
    this.y = clamp(y - down / this.scale, 0, Math.max(0, this.height - this.high / this.scale));
    return Math.abs(this.x - x) + Math.abs(this.y - y) > 1e-9;
  }

  /** Enlarge by a factor; what is at this pixel stays there. */
  zoom(factor, left, top) {
    const [x, y] = this.toPlane(left, top);
    this.scale = clamp(this.scale * factor, this.whole, Math.max(this.whole, this.largest));
    Object.assign(this, { x: x - left / this.scale, y: y - top / this.scale });
    this.move(0, 0);
  }

  toPlane(left, top) {
    return [this.x + left / this.scale, this.y + top / this.scale];
  }

  toWindow(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  /** Move as little as needed to see a rectangle of the plane. */
  reveal(x, y, width, height) {
    const [left, top] = this.toWindow(x, y);
    const [right, bottom] = this.toWindow(x + width, y + height);
    const by = (from, to, room) => (from < 0 ? -from : to > room ? Math.max(room - to, -from) : 0);
    this.move(by(left, right, this.wide), by(top, bottom, this.high));
  }
}
