// synced: current (Python writes it; so does a click, by a message).  local: which thumbnail the Tab key comes to.
import { h } from "../base/dom.js";
import { alertBox, scope } from "../base/sync.js";
import { filesOf } from "../base/wire.js";
import { Roving } from "../parts/controls/roving.js";

/** @typedef {import("../base/wire.js").HistoryEntry} HistoryEntry */
/** @typedef {import("../base/wire.js").HistoryTraits} HistoryTraits */

/**
 * What stands below a thumbnail: what changed, or all of it where there is nothing to compare with.
 * @param {Pick<HistoryEntry, "changed" | "detail">} entry
 */
export const captionOf = (entry) => entry.changed || entry.detail;

/**
 * @param {HistoryEntry} entry
 * @param {string} src
 * @param {boolean} pixels
 */
function card(entry, src, pixels) {
  const name = `${entry.title || "no prompt"}, ${entry.detail}`;
  const image = h("img", { src, alt: "", class: pixels ? "ds-pixels" : "", draggable: "false" });
  const take = h("button", { type: "button", class: "ds-take", title: name, "aria-label": `Restore: ${name}` }, image);
  const about = "Show it beside the present one in the film";
  const compare = h("button", { type: "button", class: "ds-against", title: about }, "Compare");
  compare.setAttribute("aria-label", `Compare the present run with: ${name}`);
  const box = h("li", {}, take, h("p", { class: "ds-about", title: name }, captionOf(entry)), compare);
  return { key: entry.key, take, compare, box };
}

class HistoryView {
  /** @type {string[]} */
  urls = [];
  /** @type {ReturnType<typeof card>[]} */
  cards = [];
  empty = h("p", { class: "ds-about" }, "Finished runs appear here; a click restores one.");
  list = h("ul", { class: "ds-shelf", "aria-label": "Finished runs, newest first" });

  /**
   * @param {import("../base/sync.js").Model<HistoryTraits>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "history");
    this.roving = new Roving(this.view, this.list, ".ds-take");
    this.view.root.append(alertBox(model, this.view), this.empty, this.list);
    this.view.listen(this.list, "click", (event) => this.press(event));
    this.view.watch("meta", () => this.fill());
    this.view.watch("current", () => this.mark());
    this.view.undo(() => this.forget());
    this.fill();
  }

  forget() {
    for (const url of this.urls) URL.revokeObjectURL(url);
  }

  fill() {
    const { entries = [], pixels = false, type = "", offsets = [0] } = this.model.get("meta");
    const before = this.cards[this.roving.at];
    const held = before?.box.contains(document.activeElement) ? document.activeElement : null;
    this.forget();
    this.urls = filesOf({ type, offsets }, this.model.get("thumbs")).map((file) => URL.createObjectURL(file));
    this.cards = entries.map((entry, place) => card(entry, this.urls[place], pixels));
    this.list.replaceChildren(...this.cards.map(({ box }) => box));
    this.empty.hidden = entries.length > 0;
    const place = Math.max(
      0,
      this.cards.findIndex(({ key }) => key === before?.key),
    );
    this.roving.set(place);
    const after = this.cards[place];
    if (held && after) (held === before?.compare ? after.compare : after.take).focus({ preventScroll: true });
    this.mark();
  }

  /** @param {MouseEvent & { target: Element }} event */
  press(event) {
    const found = this.cards.find(({ box }) => box.contains(event.target));
    if (found?.take.contains(event.target)) this.model.send({ type: "restore", key: found.key });
    else if (found?.compare.contains(event.target)) this.model.send({ type: "compare", key: found.key });
  }

  mark() {
    for (const { key, box, take, compare } of this.cards) {
      const shown = key === this.model.get("current");
      box.classList.toggle("ds-now", shown);
      take.setAttribute("aria-current", String(shown));
      compare.disabled = shown;
    }
  }
}

/** @type {import("../base/sync.js").Render<HistoryTraits>} */
function render({ model, el }) {
  const history = new HistoryView(model, el);
  return () => history.view.end();
}

export default { render };
