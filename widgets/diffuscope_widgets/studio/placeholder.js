// synced: text (Python writes it).  local: nothing.
import { h } from "../base/dom.js";
import { alertBox, scope } from "../base/sync.js";

/** @typedef {import("../base/wire.js").Every & { text: string }} PlaceholderTraits */

/** @type {import("../base/sync.js").Render<PlaceholderTraits>} */
function render({ model, el }) {
  const view = scope(model, el, "placeholder");
  const text = h("p", { class: "ds-about", role: "status" });
  const show = () => {
    text.textContent = model.get("text");
  };
  const eye = new IntersectionObserver((found) => {
    if (found.some((one) => one.isIntersecting)) model.send({ type: "seen" });
  });
  view.root.append(alertBox(model, view), text);
  view.watch("text", show);
  view.undo(() => eye.disconnect());
  show();
  eye.observe(view.root);
  return () => view.end();
}

export default { render };
