// What a picker has chosen, passed on inside the page: its views need not wait for Python.

/** @typedef {import("../base/wire.js").ScheduleChoice} ScheduleChoice */
/** @typedef {{ get: (name: "channel") => string }} HasChannel */

/** @param {HasChannel} model */
const eventOf = (model) => `diffuscope-schedule-${model.get("channel")}`;

/**
 * Pass on what is chosen; null: this picker has gone.
 * @param {HasChannel} model
 * @param {ScheduleChoice | null} choice
 */
export function announce(model, choice) {
  document.dispatchEvent(new CustomEvent(eventOf(model), { detail: choice }));
}

/**
 * Hear what the picker of a view's channel chooses.
 * @param {import("../base/sync.js").View} view
 * @param {HasChannel} model
 * @param {(choice: ScheduleChoice | null) => void} call
 */
export function follow(view, model, call) {
  view.listen(document, eventOf(model), (event) => call(event.detail));
}
