// Noise in the browser: mixed and drawn there, so that a slider moves at display rate. Pure functions.
import { clamp } from "../base/dom.js";

export const MAX_SEED = 2 ** 32 - 1;
const LIMIT = 3; // standard deviations that are black or white, as in picker.py

/** The seed in a box: null for an empty one, undefined for what is no seed. */
export function readSeed(text) {
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= MAX_SEED ? value : undefined;
}

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
export const length = (a) => Math.sqrt(dot(a, a));

/** The angle between two noises, in radians. */
export const angle = (a, b) => Math.acos(clamp(dot(a, b) / (length(a) * length(b)), -1, 1));

/** The spherical mix of two noises; the same formula as in diffuscope/noise/initial.py. */
export function slerp(a, b, strength) {
  const w = angle(a, b);
  if (w < 1e-6) return a.slice();
  const [first, second] = [Math.sin((1 - strength) * w) / Math.sin(w), Math.sin(strength * w) / Math.sin(w)];
  return a.map((value, i) => first * value + second * b[i]);
}

/** RGBA pixels of noise (C, h, w): the first three channels as colours, grey when it has fewer. */
export function portrait(noise, [channels, high, wide]) {
  const size = high * wide;
  const at = [0, 1, 2].map((c) => (channels >= 3 ? c * size : 0));
  const rgba = new Uint8ClampedArray(4 * size).fill(255);
  for (let i = 0; i < size; i += 1) {
    for (let c = 0; c < 3; c += 1) rgba[4 * i + c] = Math.floor(clamp(noise[at[c] + i] / LIMIT, -1, 1) * 127.5 + 128);
  }
  return rgba;
}
