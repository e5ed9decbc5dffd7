// The cells in view, drawn on one canvas. What has a colour of the theme (cursor, choice) is HTML above it.
import { penOf, resize } from "../../parts/pixels.js";
import { lineAt } from "./layout.js";

const EMPTY = "rgba(128, 128, 128, 0.16)"; // a cell that is still to come, on light and dark alike
const FRAMED = 24; // pixels of a cell from which on it has an edge
const PALE = 0.2; // how much of a rejected picture is left
const ROOM = 2 ** 22; // pixels of all cells painted at once at most, 16 MB
const LONGEST = 8192; // pixels a side of a canvas that every browser has
const STAR = "M0-1 .29-.4 .95-.31 .48.15 .59.81 0 .5-.59.81-.48.15-.95-.31-.29-.4z";
const CROSS = "M-.6-.6 .6.6M.6-.6-.6.6";

/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {[first: number, last: number]} Lines */
/** @typedef {import("../../base/wire.js").Mark | null | undefined} Rating */

/**
 * What is drawn.
 * @typedef {object} Scene
 * @property {import("../../base/wire.js").PlanMeta} plan
 * @property {Layout} layout
 * @property {import("./pan_zoom.js").Camera} camera
 * @property {import("./pictures.js").Pictures} pictures
 * @property {(key: string) => Rating} mark
 * @property {number} ratio device pixels a pixel
 */

/**
 * Where a cell's picture stands in its box, which holds pictures of every size, in units of the layout.
 * @param {number[]} size
 * @param {number[]} box
 * @returns {import("../../base/wire.js").Rect}
 */
export function inBox([w, h], box) {
  const longer = Math.max(...box);
  return [(box[0] - w) / 2 / longer, (box[1] - h) / 2 / longer, w / longer, h / longer];
}

/**
 * First and last line in view.
 * @param {number[]} at
 * @param {number} from
 * @param {number} length
 * @returns {Lines}
 */
export const inView = (at, from, length) => [lineAt(at, from), lineAt(at, from + length)];

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Rating} mark
 * @param {number} left
 * @param {number} top
 * @param {number} size
 */
function badge(pen, mark, left, top, size) {
  const radius = size / 2;
  pen.save();
  pen.translate(left + radius * 1.3, top + radius * 1.3);
  pen.fillStyle = "rgba(12, 12, 16, 0.72)";
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 7);
  pen.fill();
  pen.scale(radius * 0.72, radius * 0.72);
  if (mark === "star") {
    pen.fillStyle = "#ffd54a";
    pen.fill(new Path2D(STAR));
  } else {
    Object.assign(pen, { strokeStyle: "#ff9d94", lineWidth: 0.34, lineCap: "round" });
    pen.stroke(new Path2D(CROSS));
  }
  pen.restore();
}

/**
 * Paint some lines. Gives the keys of coarse cells.
 * @param {CanvasRenderingContext2D} pen
 * @param {Scene} scene
 * @param {number} scale pixels a unit
 * @param {Lines} rows
 * @param {Lines} columns
 * @param {[number, number]} shift to the left and up, pixels
 */
function paint(pen, { plan, layout, pictures, mark, ratio }, scale, rows, columns, shift) {
  /** @type {string[]} */
  const coarse = [];
  for (let row = rows[0]; row <= rows[1]; row += 1) {
    for (let column = columns[0]; column <= columns[1]; column += 1) {
      const i = layout.at(row, column);
      if (i < 0) continue;
      const { key, size } = plan.cells[i];
      const [dx, dy, w, h] = inBox(size, plan.box);
      // whole device pixels: edges stay sharp, and copying is fast
      const left = Math.round((layout.xs[column] + dx) * scale) - shift[0];
      const top = Math.round((layout.ys[row] + dy) * scale) - shift[1];
      const width = Math.max(1, Math.round(w * scale));
      const height = Math.max(1, Math.round(h * scale));
      const tile = pictures.tile(key);
      if (!tile) {
        pen.fillStyle = EMPTY;
        pen.fillRect(left, top, width, height);
        continue;
      }
      const [x, y, tileWide, tileHigh] = tile.rect;
      const enough = tileWide >= Math.min(size[0], width / 1.2);
      const large = enough ? null : pictures.now(key, "picture");
      if (!enough && !large) coarse.push(key);
      const rated = mark(key);
      pen.imageSmoothingEnabled = !(plan.pixels && width >= tileWide);
      pen.globalAlpha = rated === "reject" ? PALE : 1;
      if (large) pen.drawImage(large, left, top, width, height);
      else pen.drawImage(tile.bitmap, x, y, tileWide, tileHigh, left, top, width, height);
      pen.globalAlpha = 1;
      if (width > FRAMED * ratio) {
        pen.strokeStyle = EMPTY; // a white picture on white paper
        pen.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
      }
      if (rated) badge(pen, rated, left, top, Math.min(22 * ratio, Math.max(6 * ratio, width * 0.24)));
    }
  }
  return coarse;
}

/** Draws the cells. While there is room all of them are painted once, and moving copies from that. */
export class Painter {
  sheet = document.createElement("canvas");
  scale = 0; // of the sheet; 0 is nothing painted
  /** @type {string[]} */
  coarse = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.pen = penOf(canvas);
  }

  /** What was painted holds no more. */
  forget() {
    this.scale = 0;
  }

  /**
   * Draw what the camera sees. Gives the keys whose thumb is too coarse.
   * @param {Scene} scene
   * @param {boolean} haste what was painted is stretched to another scale
   */
  draw(scene, haste) {
    const { pen, sheet } = this;
    const { layout, camera, ratio } = scene;
    const { canvas } = pen;
    const [wide, high] = [Math.round(camera.wide * ratio), Math.round(camera.high * ratio)];
    resize(canvas, wide, high);
    pen.clearRect(0, 0, wide, high);
    const scale = camera.scale * ratio;
    /** @type {[number, number]} */
    const shift = [Math.round(camera.x * scale), Math.round(camera.y * scale)];
    const [width, height] = [Math.ceil(layout.width * scale) + 1, Math.ceil(layout.height * scale) + 1];
    if (haste && this.scale) {
      const by = this.scale / scale;
      pen.imageSmoothingEnabled = true;
      pen.drawImage(sheet, shift[0] * by, shift[1] * by, wide * by, high * by, 0, 0, wide, high);
      return [];
    }
    if (width * height > ROOM || Math.max(width, height) > LONGEST) {
      const rows = inView(layout.ys, camera.y, camera.high / camera.scale);
      return paint(pen, scene, scale, rows, inView(layout.xs, camera.x, camera.wide / camera.scale), shift);
    }
    if (this.scale !== scale) {
      Object.assign(sheet, { width, height });
      this.coarse = paint(penOf(sheet), scene, scale, [0, layout.down - 1], [0, layout.across - 1], [0, 0]);
      this.scale = scale;
    }
    pen.drawImage(sheet, -shift[0], -shift[1]);
    return this.coarse;
  }
}
