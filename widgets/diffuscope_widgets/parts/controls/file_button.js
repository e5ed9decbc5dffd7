// A button that saves a file which Python makes.
import { h, uid } from "../../base/dom.js";

/**
 * A button that asks Python for a file (see View._hand_over); the browser then saves it.
 * @param {import("../../base/sync.js").Model<any>} model
 * @param {import("../../base/sync.js").View} view
 * @param {string} label
 * @param {string} about
 * @param {string} form what Python makes: "gif", "sheet" ...
 */
export function fileButton(model, view, label, about, form) {
  const button = h("button", { type: "button", title: about }, label);
  const ask = uid();
  view.listen(button, "click", () => model.send({ type: "save", form, ask }));
  view.hear("file", (/** @type {import("../../base/wire.js").FileMessage} */ message, [data]) => {
    if (message.ask !== ask) return; // another view of this model asked
    const url = URL.createObjectURL(new Blob([data]));
    h("a", { href: url, download: message.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be asking where to put it
  });
  return button;
}
