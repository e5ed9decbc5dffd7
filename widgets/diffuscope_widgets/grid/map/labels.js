// The labels along one side of a grid: text that wraps, is never cut, and stays where its row or column is in view.
import { h } from "../../base/dom.js";
import { lineAt } from "./layout.js";

const LINE = 17; // height of a line of text, see grid_view.css
const PAD = 12;
const MOST = { top: 140, left: 190 }; // width of a label, after which it wraps

/** How wide and how high the label of a text is, when it may be `most` wide. Words break late, so a little is added. */
export function needOf(length, most) {
  const wide = Math.min(length, most);
  return { wide: wide + PAD, lines: Math.ceil(((length > most ? 1.15 : 1) * length) / Math.max(1, wide)) || 1 };
}

/** Of how many lines one has its label, when labels need so many pixels and lines are `pitch` apart. */
export const every = (need, pitch) => Math.max(1, Math.ceil(need / Math.max(1, pitch)));

export class Labels {
  /** `side` is "top" or "left". */
  constructor(side) {
    Object.assign(this, { side, levels: [], shown: new Map(), here: -1 });
    this.box = h("div", { class: `ds-labels ds-${side}`, "aria-hidden": "true" }); // the cursor's are read out
    this.pen = h("canvas").getContext("2d");
  }

  /** Other labels: levels of spans, see layout.spans. `most` bounds the whole, in pixels. */
  set(levels, most) {
    const { side, pen, box } = this;
    pen.font = `600 13px ${getComputedStyle(box).fontFamily || "sans-serif"}`;
    const width =
      side === "left" ? Math.min(MOST.left, (most - PAD * levels.length) / Math.max(1, levels.length)) : MOST.top;
    this.levels = levels.map((spans) => {
      const longest = Math.max(0, ...spans.map(({ text }) => pen.measureText(text.slice(0, 2000)).width));
      return { spans, ...needOf(longest, width) };
    });
    for (const one of this.shown.values()) one.remove();
    this.shown.clear();
    let depth = 0;
    for (const level of this.levels) {
      level.need = side === "left" ? Math.min(level.lines, 8) * LINE + 4 : level.wide; // pixels along the side
      level.thick = side === "left" ? level.wide : Math.min(level.lines * LINE + PAD / 2, most / this.levels.length);
      level.depth = depth;
      depth += level.thick;
    }
    this.thick = Math.ceil(depth);
    this.need = this.levels.at(-1)?.need ?? 0;
    box.style[side === "left" ? "width" : "height"] = `${this.thick}px`;
  }

  /** Put the labels where the lines are. `from`, `room`: what is seen, in units and pixels; `here` has its label in any case. */
  draw(at, size, from, scale, room, here) {
    const needed = new Set();
    this.levels.forEach((level, depth) => {
      const inner = depth === this.levels.length - 1;
      const pitch = (at.length > 2 ? at[1] - at[0] : size) * scale;
      const step = inner ? every(level.need, pitch) : 1;
      const first = lineAt(at, from);
      const last = lineAt(at, from + room / scale);
      level.spans.forEach((span, i) => {
        const isHere = here >= span.from && here < span.to;
        if (span.to <= first || span.from > last || !span.text || (inner && i % step && !isHere)) return;
        const begin = (at[span.from] - from) * scale;
        const end = (at[span.to - 1] + size - from) * scale;
        if (this.side === "top" && inner && !isHere && i && begin + level.wide > room + PAD) return; // no room up to the edge
        needed.add(`${depth} ${i}`);
        this.put(`${depth} ${i}`, span.text, level, inner, isHere, begin, end, room);
      });
    });
    for (const [name, one] of this.shown) {
      if (needed.has(name)) continue;
      one.remove();
      this.shown.delete(name);
    }
  }

  put(name, text, level, inner, isHere, begin, end, room) {
    const { side, box, shown } = this;
    let one = shown.get(name);
    if (!one) {
      one = h("span", { title: text, dir: "auto" }, h("span", {}, text));
      one.classList.toggle("ds-group", !inner);
      shown.set(name, one);
      box.append(one);
    }
    one.classList.toggle("ds-here", isHere);
    const [low, high] = [Math.max(0, begin), Math.min(room, end)]; // a group's label stays in view
    if (side === "left") {
      const middle = inner ? (begin + end) / 2 : (low + high) / 2;
      Object.assign(one.style, { left: `${level.depth}px`, width: `${level.thick}px` });
      if (inner) one.style.transform = `translateY(${middle}px) translateY(-50%)`;
      else Object.assign(one.style, { transform: `translateY(${low}px)`, height: `${Math.max(0, high - low)}px` });
      return;
    }
    const narrow = inner && end - begin < level.wide; // then the label begins where its column does
    const wide = inner ? Math.max(end - begin, level.wide) : Math.max(0, high - low);
    const left = narrow ? Math.min(begin, Math.max(0, room - wide)) : inner ? begin : low;
    one.classList.toggle("ds-narrow", narrow);
    Object.assign(one.style, {
      top: `${level.depth}px`,
      height: `${level.thick}px`,
      width: `${wide}px`,
      transform: `translateX(${left}px)`,
    });
  }
}
