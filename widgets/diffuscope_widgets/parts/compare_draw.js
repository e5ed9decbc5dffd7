// Two pictures in one canvas: side by side, with a seam to drag, in turn, or as their difference.

export const GAIN = 3; // a difference is shown this many times as strong
export const MODES = [
  { name: "side", label: "Side by side", about: "Left and right run beside each other" },
  { name: "wipe", label: "Wipe", about: "Left run before the seam, right run behind it" },
  { name: "blink", label: "Blink", about: "The two runs in turn: what jumps is what differs" },
  { name: "difference", label: "Difference", about: `Absolute difference of the two pictures, times ${GAIN}` },
];

/** Multiply colours in place; opacity stays. Returns the mean of what they were, 0 to 255. */
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

/** One picture on its way to the next, at a place of the canvas. */
function paint(pen, { first, second, share }, left, width, height) {
  pen.globalAlpha = 1;
  pen.drawImage(first, left, 0, width, height);
  pen.globalAlpha = share;
  if (share > 0) pen.drawImage(second, left, 0, width, height);
  pen.globalAlpha = 1;
}

/** The gap between two pictures that stand side by side, in pixels of the canvas. */
export const gapOf = (width) => Math.max(1, Math.round(width / 32));

/**
 * Draw one or two looks ({ first, second, share }) of a row. `how` is { mode, wipe (0 to 1), turn (0 left, 1 right) }.
 * Returns the mean difference, 0 to 255, in difference mode.
 */
export function compose(pen, looks, width, height, { mode, wipe, turn }) {
  const [left, right] = looks;
  if (!right || mode !== "side") paint(pen, mode === "blink" && right ? looks[turn] : left, 0, width, height);
  if (!right || mode === "blink") return null;
  if (mode === "side") {
    pen.clearRect(0, 0, pen.canvas.width, height);
    paint(pen, left, 0, width, height);
    paint(pen, right, width + gapOf(width), width, height);
  } else if (mode === "wipe") {
    pen.save();
    pen.beginPath();
    pen.rect(wipe * width, 0, width, height);
    pen.clip();
    paint(pen, right, 0, width, height);
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
