// Two pictures in one canvas: side by side, with a seam to drag, in turn, or as their difference.

export const GAIN = 3; // a difference is shown this many times as strong

/** @typedef {CanvasImageSource & { width: number, height: number }} Picture */
/** @typedef {{ first: Picture, second?: Picture | null, share: number }} Look A picture on its way to the next. */
/** @typedef {{ mode: string, wipe: number, turn: number }} How `wipe`: the seam, 0 to 1; `turn`: 0 left, 1 right. */

/**
 * Multiply colours in place; opacity stays. Returns the mean of what they were, 0 to 255.
 * @param {Uint8ClampedArray} data
 * @param {number} gain
 */
export function amplify(data, gain) {
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    for (let c = i; c < i + 3; c += 1) {
      sum += data[c];
      data[c] = Math.min(255, data[c] * gain);
    }
  }
  return sum / (data.length * 0.75);
}

/**
 * One look at a place of the canvas.
 * @param {CanvasRenderingContext2D} pen
 * @param {Look} look
 * @param {number} left
 * @param {number} width
 * @param {number} height
 */
function paintLook(pen, { first, second, share }, left, width, height) {
  pen.globalAlpha = 1;
  pen.drawImage(first, left, 0, width, height);
  pen.globalAlpha = share;
  if (share > 0 && second) pen.drawImage(second, left, 0, width, height);
  pen.globalAlpha = 1;
}

/**
 * The gap between two pictures that stand side by side, in pixels of the canvas.
 * @param {number} width
 */
export const gapOf = (width) => Math.max(1, Math.round(width / 32));

/**
 * Draw one or two looks. Returns the mean difference, 0 to 255, in difference mode.
 * @param {CanvasRenderingContext2D} pen
 * @param {Look[]} looks
 * @param {number} width
 * @param {number} height
 * @param {How} how
 */
export function compose(pen, looks, width, height, { mode, wipe, turn }) {
  const [left, right] = looks;
  if (!right || mode !== "side") paintLook(pen, mode === "blink" && right ? looks[turn] : left, 0, width, height);
  if (!right || mode === "blink") return null;
  if (mode === "side") {
    pen.clearRect(0, 0, pen.canvas.width, height);
    paintLook(pen, left, 0, width, height);
    paintLook(pen, right, width + gapOf(width), width, height);
  } else if (mode === "wipe") {
    pen.save();
    pen.beginPath();
    pen.rect(wipe * width, 0, width, height);
    pen.clip();
    paintLook(pen, right, 0, width, height);
    pen.restore();
  } else {
    pen.globalCompositeOperation = "difference";
    pen.drawImage(right.first, 0, 0, width, height);
    pen.globalCompositeOperation = "source-over";
    const pixels = pen.getImageData(0, 0, width, height);
    const mean = amplify(pixels.data, GAIN);
    pen.putImageData(pixels, 0, 0);
    return mean;
  }
  return null;
}
