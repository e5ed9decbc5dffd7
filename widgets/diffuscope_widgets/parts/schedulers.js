// What the front ends know of the scheduler catalogue.
/** @typedef {import("../base/wire.js").SchedulerRow} SchedulerRow */

/**
 * Schedulers by group, groups in the order they first appear.
 * @template {{ group: string }} Row
 * @param {Row[]} catalogue
 * @returns {[string, Row[]][]}
 */
export function grouped(catalogue) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of catalogue) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups];
}

/**
 * The schedule after a change of scheduler: a usual one becomes the usual one, a chosen one stays if it can.
 * @param {Pick<SchedulerRow, "schedules"> | undefined} before
 * @param {Pick<SchedulerRow, "schedules"> | undefined} after
 * @param {string | null} chosen
 */
export function scheduleAfter(before, after, chosen) {
  if (chosen === null || !after) return chosen;
  const usual = before && chosen === before.schedules[0];
  return !usual && after.schedules.includes(chosen) ? chosen : after.schedules[0];
}

/**
 * The options of a choice of schedule, the usual one first.
 * @param {string[]} names
 */
export const usualFirst = (names) => names.map((name, place) => ({ name, text: place ? name : `${name} (usual)` }));

/**
 * Network calls for a number of steps. The twin of Scheduler.network_calls: tests/support/cases/calls.json holds for
 * both.
 * @param {string} rule as in the catalogue: "N", "N+1", "2N-1"
 * @param {number} steps
 */
export function callsOf(rule, steps) {
  if (rule === "N+1") return steps > 1 ? steps + 1 : steps;
  return rule === "2N-1" ? 2 * steps - 1 : steps;
}

/**
 * "20 steps, 39 network calls"
 * @param {string} rule
 * @param {number} steps
 */
export function priceOf(rule, steps) {
  /** @param {number} n @param {string} word */
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return `${count(steps, "step")}, ${count(callsOf(rule, steps), "network call")}`;
}
