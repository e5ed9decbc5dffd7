// Buttons that stay down.
import { h } from "../../base/dom.js";

/**
 * A row of buttons; `set` says which are down.
 * @param {import("../../base/sync.js").View} view
 * @param {string} label
 * @param {{ name: string, label: Node | string, about: string }[]} options
 * @param {(name: string) => void} pick gets the name of the one that was pressed
 */
export function toggles(view, label, options, pick) {
  const buttons = options.map(({ name, label: text, about }) => {
    const button = h("button", { type: "button", title: about, "aria-pressed": "false" }, text);
    view.listen(button, "click", () => pick(name));
    return { name, button };
  });
  return {
    box: h("div", { class: "ds-toggles", role: "group", "aria-label": label }, ...buttons.map(({ button }) => button)),
    /** @param {string[]} names */
    set(names) {
      for (const { name, button } of buttons) button.setAttribute("aria-pressed", String(names.includes(name)));
    },
  };
}
