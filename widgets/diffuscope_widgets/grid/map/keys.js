// What the keys do on a map, apart from the arrows.

/** How much a press of a zoom button or key enlarges. */
export const ZOOM = 1.5;

/**
 * What a key does, or undefined.
 * @param {import("./map.js").GridMap} map
 * @param {string} name as in KeyboardEvent.key, letters small
 * @param {boolean} shift
 * @returns {(() => unknown) | undefined}
 */
export function actOf(map, name, shift) {
  const { act, tooltip } = map;
  const cell = map.cell(map.at);
  /** @param {boolean} also */
  const pick = (also) => cell && act.pick(cell, also);
  /** @param {"star" | "reject"} mark */
  const rate = (mark) => cell && act.rate(cell, mark);
  /** @type {Record<string, () => unknown>} */
  const acts = {
    "+": () => map.zoomBy(ZOOM),
    "=": () => map.zoomBy(ZOOM),
    "-": () => map.zoomBy(1 / ZOOM),
    0: () => map.seeAll(),
    PageUp: () => act.page(-1),
    PageDown: () => act.page(1),
    Escape: () => (tooltip.key ? map.look(null) : act.pick(null, false)),
    Enter: () => pick(shift),
    " ": () => pick(shift),
    c: () => pick(true),
    s: () => rate("star"),
    x: () => rate("reject"),
  };
  return acts[name];
}
