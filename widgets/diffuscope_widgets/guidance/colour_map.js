// Numbers and pictures as pixels: a latent channel by channel, and what guidance makes of two pictures.
import { clamp } from "../parts/numbers.js";
import { penOf, resize } from "../parts/pixels.js";

const FULL = 2.5; // noise has unit variance; beyond this a number has its full colour
const [ZERO, ABOVE, BELOW] = [
  [244, 243, 240],
  [214, 96, 20],
  [38, 92, 190],
];

/**
 * The colour of a signed number: orange above zero, blue below, pale at zero.
 * @param {number} value
 */
export function signed(value) {
  const share = Math.min(1, Math.abs(value) / FULL) ** 0.8;
  const end = value < 0 ? BELOW : ABOVE;
  return ZERO.map((from, i) => Math.round(from + share * (end[i] - from)));
}

const FINE = 128; // colours on either side of zero
const TABLE = new Uint8ClampedArray(
  Array.from({ length: 2 * FINE + 1 }, (_, i) => [...signed(((i - FINE) / FINE) * FULL), 255]).flat(),
);

/**
 * A round factor that makes small numbers visible: 1, 2, 5, 10, 20 ...
 * @param {number} length
 */
export function boost(length) {
  const factor = Math.max(1 / Math.max(length, 1e-4), 1);
  const ten = 10 ** Math.floor(Math.log10(factor));
  return [5, 2].map((step) => step * ten).find((round) => round <= factor) ?? ten;
}

/**
 * The ith numbers of a frame: of the unconditional prediction, and of the difference.
 * @param {Int8Array} maps
 * @param {Pick<import("../base/wire.js").GuidanceMeta, "shape" | "peaks">} meta
 * @param {number} frame
 */
export function mapAt(maps, { shape, peaks }, frame) {
  const count = shape.reduce((a, b) => a * b);
  /** @param {number} which */
  const part = (which) => (/** @type {number} */ i) =>
    (maps[(2 * frame + which) * count + i] / 127) * peaks[frame][which];
  return { u: part(0), d: part(1) };
}

/**
 * Paint a latent, its channels as tiles of a square.
 * @param {HTMLCanvasElement} canvas
 * @param {import("../base/wire.js").Shape} shape
 * @param {(i: number) => number} at gives the ith number
 */
export function paintLatent(canvas, [channels, high, wide], at) {
  const columns = Math.ceil(Math.sqrt(channels));
  const rows = Math.ceil(channels / columns);
  const width = columns * (wide + 1) - 1;
  const height = rows * (high + 1) - 1;
  resize(canvas, width, height);
  const pen = penOf(canvas);
  const image = pen.createImageData(width, height); // clear between the tiles
  for (let i = 0; i < channels * high * wide; i += 1) {
    const channel = Math.floor(i / (high * wide));
    const y = Math.floor(channel / columns) * (high + 1) + Math.floor((i % (high * wide)) / wide);
    const x = (channel % columns) * (wide + 1) + (i % wide);
    const colour = 4 * (FINE + Math.round(clamp(at(i) / FULL, -1, 1) * FINE));
    image.data.set(TABLE.subarray(colour, colour + 4), 4 * (y * width + x));
  }
  pen.putImageData(image, 0, 0);
}

/**
 * Two pictures taken through the guidance formula pixel by pixel: uncond + scale * (cond - uncond).
 * @param {ArrayLike<number>} uncond
 * @param {ArrayLike<number>} cond
 * @param {number} scale
 */
export function blend(uncond, cond, scale) {
  const out = new Uint8ClampedArray(uncond.length); // rounds and clamps
  for (let i = 0; i < out.length; i += 1) out[i] = uncond[i] + scale * (cond[i] - uncond[i]);
  return out;
}

/**
 * The difference of two pictures about grey.
 * @param {ArrayLike<number>} uncond
 * @param {ArrayLike<number>} cond
 */
export function contrast(uncond, cond) {
  const out = new Uint8ClampedArray(uncond.length);
  for (let i = 0; i < out.length; i += 1) out[i] = i % 4 === 3 ? 255 : 127.5 + (cond[i] - uncond[i]) / 2;
  return out;
}
