// Numbers and pictures as pixels: a latent channel by channel, and what guidance makes of two pictures.
import { clamp } from "../base/dom.js";

const FULL = 2.5; // noise has unit variance; beyond this a number has its full colour
const [ZERO, ABOVE, BELOW] = [
  [244, 243, 240],
  [214, 96, 20],
  [38, 92, 190],
];

/** The colour of a signed number: orange above zero, blue below, pale at zero. */
export function signed(value) {
  const share = Math.min(1, Math.abs(value) / FULL) ** 0.8;
  const end = value < 0 ? BELOW : ABOVE;
  return ZERO.map((from, i) => Math.round(from + share * (end[i] - from)));
}

const FINE = 128; // colours on either side of zero
const TABLE = new Uint8ClampedArray(
  Array.from({ length: 2 * FINE + 1 }, (_, i) => [...signed(((i - FINE) / FINE) * FULL), 255]).flat(),
);

/** A round factor that makes small numbers visible: 1, 2, 5, 10, 20 ... */
export function boost(length) {
  const wish = 1 / Math.max(length, 1e-4);
  const ten = 10 ** Math.floor(Math.log10(Math.max(wish, 1)));
  return [5, 2, 1].map((step) => step * ten).find((factor) => factor <= Math.max(wish, 1));
}

/** Paint a latent (C, h, w), its channels as tiles of a square. `at(i)` is the ith number. */
export function paintLatent(canvas, [channels, high, wide], at) {
  const columns = Math.ceil(Math.sqrt(channels));
  const rows = Math.ceil(channels / columns);
  const width = columns * (wide + 1) - 1;
  const height = rows * (high + 1) - 1;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height); // clear between the tiles
  for (let i = 0; i < channels * high * wide; i += 1) {
    const channel = Math.floor(i / (high * wide));
    const y = Math.floor(channel / columns) * (high + 1) + Math.floor((i % (high * wide)) / wide);
    const x = (channel % columns) * (wide + 1) + (i % wide);
    const colour = 4 * (FINE + Math.round(clamp(at(i) / FULL, -1, 1) * FINE));
    for (let part = 0; part < 4; part += 1) image.data[4 * (y * width + x) + part] = TABLE[colour + part];
  }
  pen.putImageData(image, 0, 0);
}

/** Two pictures taken through the guidance formula pixel by pixel: uncond + scale * (cond - uncond). */
export function blend(uncond, cond, scale) {
  const out = new Uint8ClampedArray(uncond.length); // rounds and clamps
  for (let i = 0; i < out.length; i += 1) out[i] = uncond[i] + scale * (cond[i] - uncond[i]);
  return out;
}

/** The difference of two pictures about grey. */
export function contrast(uncond, cond) {
  const out = new Uint8ClampedArray(uncond.length);
  for (let i = 0; i < out.length; i += 1) out[i] = i % 4 === 3 ? 255 : 127.5 + (cond[i] - uncond[i]) / 2;
  return out;
}
