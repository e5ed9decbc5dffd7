// What the front ends know of the scheduler catalogue. A row: name, group, note, random, calls, schedules, steps (fewest, most).

/** Schedulers by group, groups in the order they first appear. */
export function grouped(catalogue) {
  const groups = new Map();
  for (const row of catalogue) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups];
}

/** The schedule after a change of scheduler: a usual one becomes the usual one, a chosen one stays if it can. */
export function scheduleAfter(before, after, chosen) {
  if (chosen === null || !after) return chosen;
  const usual = before && chosen === before.schedules[0];
  return !usual && after.schedules.includes(chosen) ? chosen : after.schedules[0];
}

/** Network calls for a number of steps; `rule` as in the catalogue. */
export const callsOf = (rule, steps) =>
  ({ N: steps, "N+1": steps > 1 ? steps + 1 : steps, "2N-1": 2 * steps - 1 })[rule];

/** "20 steps, 39 network calls" */
export function priceOf(rule, steps) {
  const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return `${count(steps, "step")}, ${count(callsOf(rule, steps), "network call")}`;
}
