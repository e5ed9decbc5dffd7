// Pixels on a canvas.

/**
 * The pen of a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export const penOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * Give a canvas another size; one that has it already is left alone, since setting a size clears.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function resize(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

/**
 * Put RGBA pixels on a canvas, which takes their size.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray<ArrayBuffer>} rgba
 * @param {number} width
 * @param {number} height
 */
export function paint(canvas, rgba, width, height) {
  resize(canvas, width, height);
  penOf(canvas).putImageData(new ImageData(rgba, width, height), 0, 0);
}

/**
 * Put a bitmap on a canvas, which takes its size.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} bitmap
 */
export function paintBitmap(canvas, bitmap) {
  resize(canvas, bitmap.width, bitmap.height);
  penOf(canvas).drawImage(bitmap, 0, 0);
}

/**
 * The RGBA numbers of a bitmap.
 * @param {ImageBitmap} bitmap
 */
export function pixelsOf(bitmap) {
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  if (!pen) throw new Error("no canvas can be made");
  pen.drawImage(bitmap, 0, 0);
  return pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

/**
 * Whether a picture is so small that its pixels are shown as squares.
 * @param {{ width: number, height: number }} size
 * @param {{ pixelated: number }} limits
 */
export const isSmall = ({ width, height }, { pixelated }) => Math.max(width, height) <= pixelated;
