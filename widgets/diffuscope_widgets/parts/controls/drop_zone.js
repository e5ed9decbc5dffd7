// A picture file from the reader's disk: chosen, or dropped anywhere on the widget.
import { h } from "../../base/dom.js";

/**
 * Why a file cannot be sent to Python, or "".
 * @param {{ name: string, size: number }} file
 * @param {{ file: number }} limits
 * @param {string} way out, a sentence
 */
export function refusal({ name, size }, limits, way) {
  if (size > limits.file) return `“${name}” is larger than ${Math.floor(limits.file / 2 ** 20)} MB. ${way}`;
  return size === 0 ? `“${name}” is empty, or a folder.` : "";
}

/**
 * The first file of a drag, or null.
 * @param {DragEvent} event
 */
const fileOf = (event) => event.dataTransfer?.files?.[0] ?? null;

/** @param {DragEvent} event */
const carriesFile = (event) => event.dataTransfer?.types?.includes("Files");

/**
 * @typedef {object} Wish
 * @property {string} text on the button
 * @property {string} title
 * @property {string} label of the file field
 * @property {string} way out of a file that is too large, a sentence
 * @property {(name: string, data: ArrayBuffer) => void} take
 * @property {(why: string) => void} refuse
 * @property {() => boolean} [open] whether a file can be taken now
 */

export class DropZone {
  /**
   * @param {import("../../base/sync.js").View} view
   * @param {import("../../base/wire.js").Limits} limits
   * @param {Wish} wish
   */
  constructor(view, limits, wish) {
    this.root = view.root;
    this.limits = limits;
    this.wish = wish;
    this.ended = false;
    const accept = "image/png,image/jpeg,image/webp,image/avif,image/gif,image/bmp";
    this.file = h("input", { type: "file", accept, hidden: true, "aria-label": wish.label });
    this.button = h("button", { type: "button", title: wish.title }, wish.text);
    view.listen(this.button, "click", () => this.file.click());
    view.listen(this.file, "change", () => {
      if (this.file.files?.[0]) this.send(this.file.files[0]);
      this.file.value = ""; // so that the same file can be chosen again
    });
    view.listen(view.root, "dragover", (event) => this.hover(event, true));
    view.listen(view.root, "dragleave", (event) => this.hover(event, view.root.contains(event.relatedTarget)));
    view.listen(view.root, "drop", (event) => {
      this.hover(event, false);
      const file = fileOf(event);
      if (file && this.open) this.send(file);
    });
    view.undo(() => {
      this.ended = true;
    });
  }

  get open() {
    return this.wish.open?.() ?? true;
  }

  /**
   * @param {DragEvent} event
   * @param {boolean} over
   */
  hover(event, over) {
    if (!carriesFile(event)) return;
    event.preventDefault(); // else the browser would leave the page and show the file
    event.stopPropagation();
    this.root.classList.toggle("ds-over", over && this.open);
  }

  /** @param {File} file */
  async send(file) {
    const why = refusal(file, this.limits, this.wish.way);
    if (why) return this.wish.refuse(why);
    const data = await file.arrayBuffer();
    if (!this.ended) this.wish.take(file.name, data);
  }
}
