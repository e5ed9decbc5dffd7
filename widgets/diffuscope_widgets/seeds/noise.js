// Noise in the browser: mixed and drawn there, so that a slider moves at display rate. Pure functions.
import { clamp } from "../parts/numbers.js";

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** @param {Float32Array} a */
export const length = (a) => Math.sqrt(dot(a, a));

/**
 * The angle between two noises, in radians.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export const angle = (a, b) => Math.acos(clamp(dot(a, b) / (length(a) * length(b)), -1, 1));

/**
 * The spherical mix of two noises. Its twin is slerp of diffuscope/noise/initial.py:
 * tests/support/cases/slerp.json holds for both.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} strength 0 is a, 1 is b
 */
export function slerp(a, b, strength) {
  const w = angle(a, b);
  if (w < 1e-6) return a.slice();
  const [first, second] = [Math.sin((1 - strength) * w) / Math.sin(w), Math.sin(strength * w) / Math.sin(w)];
  return a.map((value, i) => first * value + second * b[i]);
}

/**
 * RGBA pixels of noise: the first three channels as colours, grey when it has fewer. Python's twin is portrait of
 * seeds/picker.py: tests/support/cases/portrait.json holds for both.
 * @param {Float32Array} noise
 * @param {import("../base/wire.js").Shape} shape
 * @param {number} deviations standard deviations that are black and white
 */
export function portrait(noise, [channels, high, wide], deviations) {
  const size = high * wide;
  const at = [0, 1, 2].map((c) => (channels >= 3 ? c * size : 0));
  const rgba = new Uint8ClampedArray(4 * size).fill(255);
  for (let i = 0; i < size; i += 1) {
    for (let c = 0; c < 3; c += 1)
      rgba[4 * i + c] = Math.floor(clamp(noise[at[c] + i] / deviations, -1, 1) * 127.5 + 128);
  }
  return rgba;
}
