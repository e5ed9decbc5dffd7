// Numbers: kept inside a range, and written as people read them.

/**
 * A number kept inside a range.
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/**
 * Three digits at most, as people read noise over signal: 14.6, 3.2, 0.031.
 * @param {number | null} value null is infinity, which JSON has not: there is no signal at all
 */
export function short(value) {
  if (value === null || value === Infinity) return "∞";
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/**
 * Small numbers and powers of ten without an exponent: 1000, 1, 0.01.
 * @param {number} value
 */
export const decimal = (value) => String(Number(value.toPrecision(6)));
