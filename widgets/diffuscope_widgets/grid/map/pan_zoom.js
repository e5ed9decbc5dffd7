// A window onto a plane: what part is seen, and how large. The plane has its own units; the window has pixels.
import { clamp } from "../../parts/numbers.js";

/**
 * A window (pixels) and a plane (units); scales in pixels a unit.
 * @typedef {object} Sizes
 * @property {number} wide
 * @property {number} high
 * @property {number} width
 * @property {number} height
 * @property {number} roomy scale beyond which a small plane is not blown up
 * @property {number} largest scale
 */

export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  wide = 1;
  high = 1;
  width = 1;
  height = 1;
  largest = 1;
  roomy = 1;

  /** The scale at which all is seen. */
  get whole() {
    return Math.min(this.wide / this.width, this.high / this.height, this.roomy);
  }

  get fits() {
    return this.scale <= this.whole * 1.001;
  }

  /**
   * Another window or another plane. Whoever saw all of it goes on doing so.
   * @param {Sizes} sizes
   */
  size(sizes) {
    const { fits } = this;
    Object.assign(this, sizes, { largest: Math.max(sizes.largest, 1) });
    if (fits) this.fit();
    else this.move(0, 0);
  }

  fit() {
    this.x = this.y = 0;
    this.scale = this.whole;
  }

  /**
   * Move the plane by pixels. Returns whether it moved.
   * @param {number} right
   * @param {number} down
   */
  move(right, down) {
    const { x, y } = this;
    this.scale = clamp(this.scale, this.whole, Math.max(this.whole, this.largest));
    this.x = clamp(x - right / this.scale, 0, Math.max(0, this.width - this.wide / this.scale));
    this.y = clamp(y - down / this.scale, 0, Math.max(0, this.height - this.high / this.scale));
    return Math.abs(this.x - x) + Math.abs(this.y - y) > 1e-9;
  }

  /**
   * Enlarge by a factor; what is at this pixel stays there.
   * @param {number} factor
   * @param {number} left
   * @param {number} top
   */
  zoom(factor, left, top) {
    const [x, y] = this.toPlane(left, top);
    this.scale = clamp(this.scale * factor, this.whole, Math.max(this.whole, this.largest));
    this.x = x - left / this.scale;
    this.y = y - top / this.scale;
    this.move(0, 0);
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  toPlane(left, top) {
    return [this.x + left / this.scale, this.y + top / this.scale];
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  toWindow(x, y) {
    return [(x - this.x) * this.scale, (y - this.y) * this.scale];
  }

  /**
   * Move as little as needed to see a rectangle of the plane.
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  reveal(x, y, width, height) {
    const [left, top] = this.toWindow(x, y);
    const [right, bottom] = this.toWindow(x + width, y + height);
    /** @param {number} from @param {number} to @param {number} room */
    const by = (from, to, room) => (from < 0 ? -from : to > room ? Math.max(room - to, -from) : 0);
    this.move(by(left, right, this.wide), by(top, bottom, this.high));
  }
}
