// One row of a film, large: a canvas with its title above and its words below.

import { h, icon } from "../base/dom.js";
import { compose, GAIN, gapOf } from "./compare_draw.js";

/** "channels of the noisy latents; black −2.6, grey 0, white +2.6" */
export const describe = ({ label, white }) =>
  white ? `${label}; black −${white.toFixed(1)}, grey 0, white +${white.toFixed(1)}` : label;

export class Screen {
  /** `carry` gets the share of the width while the seam is dragged. */
  constructor(view, row, carry) {
    Object.assign(this, { row, carry, mode: "" });
    this.canvas = h("canvas", { width: row.width, height: row.height, role: "img", "aria-label": row.label });
    this.canvas.classList.toggle("ds-pixels", row.pixels);
    this.seam = h("div", { class: "ds-seam" });
    this.sides = h("p", { class: "ds-sides" });
    const about = `Enlarge: ${row.label}`;
    this.larger = h(
      "button",
      { type: "button", class: "ds-larger", title: about, "aria-label": about, "aria-pressed": "false" },
      icon("larger"),
    );
    this.picture = h("div", { class: "ds-picture" }, this.canvas, this.seam);
    const words = h("figcaption", {}, h("span", {}, h("b", {}, row.symbol), ` ${describe(row)}`), this.larger);
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

  drag(event) {
    if (this.mode !== "wipe" || !(event.buttons & 1)) return;
    const { left, width } = this.picture.getBoundingClientRect();
    this.carry((event.clientX - left) / width);
  }

  get large() {
    return this.box.classList.contains("ds-large");
  }

  enlarge(on) {
    this.box.classList.toggle("ds-large", on);
    this.larger.setAttribute("aria-pressed", String(on));
  }

  /** Show the looks of one or two runs; `text` says where they stand, `title` what they are of. */
  draw(looks, how, text, title) {
    const { canvas, row, box } = this;
    this.mode = looks.length > 1 ? how.mode : "";
    const side = this.mode === "side";
    const width = side ? 2 * row.width + gapOf(row.width) : row.width;
    if (canvas.width !== width) canvas.width = width;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = !row.pixels;
    const mean = compose(pen, looks, row.width, row.height, how);
    box.classList.toggle("ds-pair", side);
    box.classList.toggle("ds-wipe", this.mode === "wipe");
    this.seam.hidden = this.mode !== "wipe";
    this.seam.style.left = `${100 * how.wipe}%`;
    this.showSides(looks, how, mean);
    canvas.setAttribute("aria-label", `${row.label}, ${text}${title ? `, of “${title}”` : ""}`);
  }

  showSides(looks, { mode, turn }, mean) {
    const { sides } = this;
    sides.hidden = looks.length < 2;
    if (sides.hidden) return;
    const names =
      mode === "difference" ? [`|left − right| × ${GAIN}`, `mean ${mean.toFixed(1)} of 255`] : ["left", "right"];
    sides.replaceChildren(
      ...names.map((name, i) => h("span", { class: mode === "blink" && i !== turn ? "ds-off" : null }, name)),
    );
  }
}
