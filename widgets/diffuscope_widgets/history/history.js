// synced: current (Python writes it; so does a click, by a message).  local: which thumbnail the Tab key comes to.
import { alertBox, clamp, h, scope } from "../base/dom.js";

/** Where an arrow key leads in a grid of n things, `columns` a row; null when it is none of ours. */
export function stepTo(key, at, n, columns) {
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -n, End: n };
  return key in moves ? clamp(at + moves[key], 0, n - 1) : null;
}

/** What stands below a thumbnail: what changed, or all of it where there is nothing to compare with. */
export const captionOf = (entry) => entry.changed || entry.detail;

/** Object URLs of packed pictures; `revoke` them. */
export function urlsOf({ type, offsets }, view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return offsets.slice(1).map((end, i) => URL.createObjectURL(new Blob([bytes.slice(offsets[i], end)], { type })));
}

class Shelf {
  constructor(model, el) {
    this.model = model;
    this.view = scope(model, el, "history");
    this.urls = [];
    this.at = 0;
    this.empty = h("p", { class: "ds-about" }, "Every finished run will stand here, to be had again with one click.");
    this.list = h("ul", { class: "ds-shelf", "aria-label": "Finished runs, newest first" });
    this.view.root.append(alertBox(model, this.view), this.empty, this.list);
    this.view.listen(this.list, "click", (event) => this.press(event));
    this.view.listen(this.list, "keydown", (event) => this.key(event));
    this.view.listen(this.list, "focusin", (event) => this.rove(this.placeOf(event.target)));
    this.view.watch("meta", () => this.fill());
    this.view.watch("current", () => this.mark());
    this.view.undo(() => this.forget());
    this.fill();
  }

  forget() {
    for (const url of this.urls) URL.revokeObjectURL(url);
  }

  fill() {
    const { entries = [], pixels } = this.model.get("meta");
    const held = this.list.contains(document.activeElement) ? document.activeElement.className : "";
    const key = this.entries?.[this.at]?.key;
    this.forget();
    this.urls = entries.length ? urlsOf(this.model.get("meta"), this.model.get("thumbs")) : [];
    this.entries = entries;
    this.list.replaceChildren(...entries.map((entry, i) => this.card(entry, this.urls[i], pixels)));
    this.empty.hidden = entries.length > 0;
    this.rove(
      Math.max(
        0,
        entries.findIndex((entry) => entry.key === key),
      ),
    );
    if (held) this.list.children[this.at]?.querySelector(`.${held.split(" ")[0]}`)?.focus({ preventScroll: true });
    this.mark();
  }

  card(entry, src, pixels) {
    const image = h("img", { src, alt: "", class: pixels ? "ds-pixels" : "", draggable: "false" });
    const name = `${entry.title || "no prompt"}, ${entry.detail}`;
    const take = h(
      "button",
      { type: "button", class: "ds-take", title: name, "aria-label": `Restore: ${name}` },
      image,
    );
    const compare = h(
      "button",
      { type: "button", class: "ds-against", title: "Show it beside the present one in the film" },
      "Compare",
    );
    compare.setAttribute("aria-label", `Compare the present run with: ${name}`);
    return h("li", {}, take, h("p", { class: "ds-about", title: name }, captionOf(entry)), compare);
  }

  placeOf(node) {
    return [...this.list.children].indexOf(node.closest("li"));
  }

  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { key } = this.entries[this.placeOf(button)];
    this.model.send({ type: button.classList.contains("ds-take") ? "restore" : "compare", key });
  }

  key(event) {
    const cards = [...this.list.children];
    const columns = cards.filter((card) => card.offsetTop === cards[0].offsetTop).length;
    const place = stepTo(event.key, this.at, cards.length, columns);
    if (place === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.rove(place);
    cards[place].querySelector(".ds-take").focus();
  }

  /** The Tab key comes to one thumbnail and its button; arrow keys go on from there. */
  rove(place) {
    this.at = place;
    for (const [i, card] of [...this.list.children].entries()) {
      for (const button of card.querySelectorAll("button")) button.tabIndex = i === place ? 0 : -1;
    }
  }

  mark() {
    for (const [i, card] of [...this.list.children].entries()) {
      const shown = this.entries[i].key === this.model.get("current");
      card.classList.toggle("ds-now", shown);
      card.querySelector(".ds-take").setAttribute("aria-current", String(shown));
      card.querySelector(".ds-against").disabled = shown;
    }
  }
}

function render({ model, el }) {
  const shelf = new Shelf(model, el);
  return () => shelf.view.end();
}

export default { render };
