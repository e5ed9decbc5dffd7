// Weights in the text of a prompt: (word:1.2).
import { clamp } from "../parts/numbers.js";

/**
 * A text with the stretch from begin to end made heavier or lighter; the stretch is then its words. A1111's Ctrl+Up.
 * @param {string} text
 * @param {number} begin
 * @param {number} end
 * @param {number} change
 * @param {number} heaviest
 */
export function reweigh(text, begin, end, change, heaviest) {
  while (begin < end && /\s/.test(text[begin])) begin += 1;
  while (end > begin && /\s/.test(text[end - 1])) end -= 1;
  if (begin === end) {
    while (begin > 0 && /[^\s()[\]:|,]/.test(text[begin - 1])) begin -= 1;
    while (end < text.length && /[^\s()[\]:|,]/.test(text[end])) end += 1;
  }
  if (begin === end) return null;
  const tail = text[begin - 1] === "(" ? /^:\s*(\d*\.?\d+)\s*\)/.exec(text.slice(end)) : null;
  const weight = clamp(Math.round(((tail ? Number(tail[1]) : 1) + change) * 100) / 100, 0, heaviest);
  const before = text.slice(0, begin - (tail ? 1 : 0));
  const after = text.slice(end + (tail ? tail[0].length : 0));
  const inner = text.slice(begin, end);
  const open = weight === 1 ? "" : "(";
  const close = weight === 1 ? "" : `:${weight})`;
  const start = before.length + open.length;
  return { text: before + open + inner + close + after, begin: start, end: start + inner.length };
}

/**
 * How a weight is written on a chip: at most two digits behind the point.
 * @param {number} weight
 */
export const times = (weight) => `×${Number(weight.toFixed(2))}`;

/**
 * Length of a weight's bar in percent of the chip.
 * @param {number} weight
 * @param {number} heaviest
 */
export const barOf = (weight, heaviest) => clamp((100 * weight) / heaviest, 0, 100);
