// The labels along one side of a grid: text that wraps, is never cut, and stays where its row or column is in view.
import { h } from "../../base/dom.js";
import { penOf } from "../../parts/pixels.js";
import { lineAt } from "./layout.js";

/** @typedef {import("./layout.js").Span} Span */
/** @typedef {{ spans: Span[], wide: number, lines: number, need: number, thick: number, depth: number }} Level */
/** @typedef {{ text: string, inner: boolean, here: boolean, begin: number, end: number }} Label In pixels. */

const LINE = 17; // height of a line of text, see view.css
const PAD = 12;
const MOST = { top: 140, left: 190 }; // width of a label, after which it wraps

/**
 * How wide and how high the label of a text is, when it may be `most` wide. Words break late, so a little is added.
 * @param {number} length
 * @param {number} most
 */
export function needOf(length, most) {
  const wide = Math.min(length, most);
  const lines = Math.ceil(((length > most ? 1.15 : 1) * length) / Math.max(1, wide)) || 1;
  return { wide: wide + PAD, lines };
}

/**
 * Of how many lines one has its label, when labels need so many pixels and lines are `pitch` apart.
 * @param {number} need
 * @param {number} pitch
 */
export const every = (need, pitch) => Math.max(1, Math.ceil(need / Math.max(1, pitch)));

export class Labels {
  /** @type {Level[]} */
  levels = [];
  /** @type {Map<string, HTMLElement>} */
  shown = new Map();
  thick = 0; // of all levels, pixels
  need = 0; // of one label along the side, pixels
  pen = penOf(h("canvas"));

  /** @param {"top" | "left"} side */
  constructor(side) {
    this.side = side;
    this.box = h("div", { class: `ds-labels ds-${side}`, "aria-hidden": "true" }); // the cursor's are read out
  }

  /**
   * Other labels.
   * @param {Span[][]} levels
   * @param {number} most bounds the whole, in pixels
   */
  set(levels, most) {
    const { side, pen, box } = this;
    const left = side === "left";
    pen.font = `600 13px ${getComputedStyle(box).fontFamily || "sans-serif"}`;
    const room = Math.min(MOST.left, (most - PAD * levels.length) / Math.max(1, levels.length));
    for (const one of this.shown.values()) one.remove();
    this.shown.clear();
    let depth = 0;
    this.levels = levels.map((spans) => {
      const longest = Math.max(0, ...spans.map(({ text }) => pen.measureText(text.slice(0, 2000)).width));
      const { wide, lines } = needOf(longest, left ? room : MOST.top);
      const need = left ? Math.min(lines, 8) * LINE + 4 : wide; // pixels along the side
      const thick = left ? wide : Math.min(lines * LINE + PAD / 2, most / levels.length);
      depth += thick;
      return { spans, wide, lines, need, thick, depth: depth - thick };
    });
    this.thick = Math.ceil(depth);
    this.need = this.levels[this.levels.length - 1]?.need ?? 0;
    box.style[left ? "width" : "height"] = `${this.thick}px`;
  }

  /**
   * Put the labels where the lines are.
   * @param {number[]} at
   * @param {number} size
   * @param {number} from what is seen, in units
   * @param {number} scale
   * @param {number} room what is seen, in pixels
   * @param {number} cursor this line has its label in any case
   */
  draw(at, size, from, scale, room, cursor) {
    const needed = new Set();
    const pitch = (at.length > 2 ? at[1] - at[0] : size) * scale;
    const [first, last] = [lineAt(at, from), lineAt(at, from + room / scale)];
    this.levels.forEach((level, depth) => {
      const inner = depth === this.levels.length - 1;
      const step = inner ? every(level.need, pitch) : 1;
      level.spans.forEach((span, i) => {
        const here = cursor >= span.from && cursor < span.to;
        if (span.to <= first || span.from > last || !span.text || (inner && i % step && !here)) return;
        const begin = (at[span.from] - from) * scale;
        const end = (at[span.to - 1] + size - from) * scale;
        const cut = this.side === "top" && inner && i && begin + level.wide > room + PAD; // no room up to the edge
        if (cut && !here) return;
        const name = `${depth} ${i}`;
        needed.add(name);
        this.put(name, { text: span.text, inner, here, begin, end }, level, room);
      });
    });
    for (const [name, one] of this.shown) {
      if (needed.has(name)) continue;
      one.remove();
      this.shown.delete(name);
    }
  }

  /**
   * The element of a label, made where it is new.
   * @param {string} name
   * @param {Label} label
   */
  element(name, { text, inner }) {
    const found = this.shown.get(name);
    if (found) return found;
    const made = h("span", { title: text, dir: "auto" }, h("span", {}, text));
    made.classList.toggle("ds-group", !inner);
    this.shown.set(name, made);
    this.box.append(made);
    return made;
  }

  /**
   * @param {string} name
   * @param {Label} label
   * @param {Level} level
   * @param {number} room
   */
  put(name, label, { depth, thick, wide: need }, room) {
    const { inner, here, begin, end } = label;
    const one = this.element(name, label);
    one.classList.toggle("ds-here", here);
    const [low, high] = [Math.max(0, begin), Math.min(room, end)]; // a group's label stays in view
    if (this.side === "left") {
      const middle = (begin + end) / 2;
      Object.assign(one.style, { left: `${depth}px`, width: `${thick}px` });
      if (inner) one.style.transform = `translateY(${middle}px) translateY(-50%)`;
      else Object.assign(one.style, { transform: `translateY(${low}px)`, height: `${Math.max(0, high - low)}px` });
      return;
    }
    const narrow = inner && end - begin < need; // then the label begins where its column does
    const wide = inner ? Math.max(end - begin, need) : Math.max(0, high - low);
    const left = narrow ? Math.min(begin, Math.max(0, room - wide)) : inner ? begin : low;
    one.classList.toggle("ds-narrow", narrow);
    Object.assign(one.style, { top: `${depth}px`, height: `${thick}px`, width: `${wide}px` });
    one.style.transform = `translateX(${left}px)`;
  }
}
