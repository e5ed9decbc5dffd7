// What GuidanceView says of its pictures.

/** @typedef {{ exact: boolean, ends: boolean, live: boolean, recorded: boolean }} Known */

/**
 * What the picture of the result is, and how true: a word, and the whole sentence.
 * @param {Known} known `exact`: there is a picture of it; `ends`: there are those of the two predictions
 */
export function truthOf({ exact, ends, live, recorded }) {
  if (exact && recorded) return ["recorded", "As recorded."];
  if (exact) return ["decoded", "Decoded by the model from this step's predictions."];
  if (!ends) return live ? ["decoding", "The model is decoding these pictures."] : ["none", ""];
  if (live) return ["blend", "A blend of the two pictures, until the model's own is decoded."];
  return ["approximation", "An approximation: no model here, so it is blended from the recorded pictures."];
}
