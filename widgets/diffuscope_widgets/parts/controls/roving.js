// One stop of the Tab key for a whole list: arrow keys go on from there.
import { clamp } from "../numbers.js";

/**
 * Where an arrow key leads in a grid of n things, `columns` a row; null when it is another key.
 * @param {string} key
 * @param {number} at
 * @param {number} n
 * @param {number} columns
 */
export function stepTo(key, at, n, columns) {
  /** @type {Record<string, number>} */
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -n, End: n };
  return key in moves ? clamp(at + moves[key], 0, n - 1) : null;
}

export class Roving {
  at = 0;

  /**
   * @param {import("../../base/sync.js").View} view
   * @param {HTMLElement} list its children are the things, which may wrap into rows
   * @param {string} main selector of the button that gets the focus in each
   */
  constructor(view, list, main) {
    this.list = list;
    this.main = main;
    view.listen(list, "keydown", (event) => this.key(event));
    view.listen(list, "focusin", (event) => this.set(this.placeOf(event.target)));
  }

  get items() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** @param {Element} node inside one of the things */
  placeOf(node) {
    return this.items.findIndex((item) => item.contains(node));
  }

  /**
   * The Tab key comes to the buttons of this thing only.
   * @param {number} place
   */
  set(place) {
    this.at = place;
    this.items.forEach((item, i) => {
      for (const button of item.querySelectorAll("button")) button.tabIndex = i === place ? 0 : -1;
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { items } = this;
    const columns = items.filter((item) => item.offsetTop === items[0].offsetTop).length;
    const place = stepTo(event.key, this.at, items.length, columns);
    if (place === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(place);
    /** @type {HTMLElement | null} */ (items[place].querySelector(this.main))?.focus();
  }
}
