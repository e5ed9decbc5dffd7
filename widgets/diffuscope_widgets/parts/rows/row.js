// One row of a film, large: a canvas with its title above and its words below.
import { h, icon } from "../../base/dom.js";
import { penOf } from "../pixels.js";
import { compose, GAIN, gapOf } from "./compare_draw.js";

/** @typedef {import("./compare_draw.js").Look} Look */
/** @typedef {import("./compare_draw.js").How} How */
/** @typedef {Omit<import("../../base/wire.js").RowMeta, "name" | "short" | "type" | "offsets">} About */

/**
 * "channels of the noisy latents; black −2.6, grey 0, white +2.6"
 * @param {Pick<About, "label" | "white">} row
 */
export const describe = ({ label, white }) =>
  white ? `${label}; black −${white.toFixed(1)}, grey 0, white +${white.toFixed(1)}` : label;

export class Row {
  mode = "";
  seam = h("div", { class: "ds-seam" });
  sides = h("p", { class: "ds-sides" });

  /**
   * @param {import("../../base/sync.js").View} view
   * @param {About} about
   * @param {(share: number) => void} carry gets the share of the width while the seam is dragged
   */
  constructor(view, about, carry) {
    const { width, height, label, symbol, pixels } = about;
    this.about = about;
    this.carry = carry;
    this.canvas = h("canvas", { width, height, role: "img", "aria-label": label });
    this.canvas.classList.toggle("ds-pixels", pixels);
    const title = `Enlarge: ${label}`;
    this.larger = h(
      "button",
      { type: "button", class: "ds-larger", title, "aria-label": title, "aria-pressed": "false" },
      icon("larger"),
    );
    this.picture = h("div", { class: "ds-picture" }, this.canvas, this.seam);
    const words = h("figcaption", {}, h("span", {}, h("b", {}, symbol), ` ${describe(about)}`), this.larger);
    this.box = h("figure", {}, this.sides, this.picture, words);
    view.listen(this.larger, "click", () => this.enlarge(!this.large));
    view.listen(this.box, "keydown", (event) => {
      if (event.key === "Escape" && this.large) this.enlarge(false);
    });
    view.listen(this.picture, "pointerdown", (event) => {
      if (this.mode !== "wipe") return;
      this.picture.setPointerCapture(event.pointerId);
      this.drag(event);
    });
    view.listen(this.picture, "pointermove", (event) => this.drag(event));
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.mode !== "wipe" || !(event.buttons & 1)) return;
    const { left, width } = this.picture.getBoundingClientRect();
    this.carry((event.clientX - left) / width);
  }

  get large() {
    return this.box.classList.contains("ds-large");
  }

  /** @param {boolean} on */
  enlarge(on) {
    this.box.classList.toggle("ds-large", on);
    this.larger.setAttribute("aria-pressed", String(on));
  }

  /**
   * Show the looks of one or two runs.
   * @param {Look[]} looks
   * @param {How} how
   * @param {string} text where they stand
   * @param {string | undefined} title what they are of
   */
  draw(looks, how, text, title) {
    const { canvas, about, box } = this;
    this.mode = looks.length > 1 ? how.mode : "";
    const side = this.mode === "side";
    const width = side ? 2 * about.width + gapOf(about.width) : about.width;
    if (canvas.width !== width) canvas.width = width;
    const pen = penOf(canvas);
    pen.imageSmoothingEnabled = !about.pixels;
    const mean = compose(pen, looks, about.width, about.height, how);
    box.classList.toggle("ds-pair", side);
    box.classList.toggle("ds-wipe", this.mode === "wipe");
    this.seam.hidden = this.mode !== "wipe";
    this.seam.style.left = `${100 * how.wipe}%`;
    this.showSides(looks, how, mean);
    canvas.setAttribute("aria-label", `${about.label}, ${text}${title ? `, of “${title}”` : ""}`);
  }

  /**
   * @param {Look[]} looks
   * @param {How} how
   * @param {number | null} mean
   */
  showSides(looks, { turn }, mean) {
    const { sides } = this;
    sides.hidden = looks.length < 2;
    if (sides.hidden) return;
    const names = mean === null ? ["left", "right"] : [`|left − right| × ${GAIN}`, `mean ${mean.toFixed(1)} of 255`];
    const off = this.mode === "blink" ? 1 - turn : -1;
    sides.replaceChildren(...names.map((name, i) => h("span", { class: i === off ? "ds-off" : null }, name)));
  }
}
