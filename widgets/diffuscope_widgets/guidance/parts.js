// What GuidanceView is made of: its elements, and how a bitmap gets into them.
import { h, paint, uid } from "../base/dom.js";
import { Triangle } from "./triangle.js";

export const PARTS = ["uncond", "cond", "step", "result"];
const MOST = 20; // where the slider ends; the box beside it takes up to 50

function figure(name, part) {
  const canvas = h("canvas", { width: 32, height: 32, role: "img", "aria-label": "" });
  const text = h("span", { class: "ds-value" });
  const bar = part && h("div", { class: `ds-length ds-is-${part}` });
  return {
    canvas,
    text,
    bar,
    box: h("figure", { class: `ds-${name}` }, canvas, h("figcaption", {}, ...(bar ? [bar] : []), text)),
  };
}

function control(label, attributes, ...beside) {
  const id = uid();
  const range = h("input", { type: "range", id, ...attributes });
  return {
    range,
    box: h(
      "div",
      { class: "ds-control" },
      h("div", { class: "ds-control-head" }, h("label", { for: id }, label), ...beside),
      range,
    ),
  };
}

export function build() {
  const number = h("input", { type: "number", min: 0, max: 50, step: "any", "aria-label": "Guidance, as a number" });
  const label = h("span", { class: "ds-label" });
  const guidance = control("Guidance", { min: 0, max: MOST, step: 0.1 }, number);
  const step = control("Step", { min: 0, max: 0, step: 1 }, label);
  const says = h("p", { class: "ds-says" });
  const spoken = h("p", { class: "ds-spoken", "aria-live": "polite" });
  const triangle = new Triangle();
  const heads = Object.fromEntries(PARTS.map((part) => [part, h("p", { class: `ds-part-head ds-is-${part}` })]));
  const latents = Object.fromEntries(PARTS.map((part) => [part, figure("latent", part)]));
  const shown = Object.fromEntries(PARTS.map((part) => [part, figure("shown")]));
  const truth = h("p", { class: "ds-about" });
  const missing = h(
    "p",
    { class: "ds-about" },
    'This trace keeps no pictures of the two predictions; record it with Keep(pictures=("x0", "x0_uncond", "x0_cond")).',
  );
  const legend = h("p", { class: "ds-about" });
  const columns = PARTS.map((part) => h("div", { class: "ds-part" }, heads[part], latents[part].box, shown[part].box));
  const table = h("div", { class: "ds-parts" }, ...columns);
  return {
    number,
    label,
    guidance,
    step,
    says,
    spoken,
    triangle,
    heads,
    latents,
    shown,
    truth,
    missing,
    legend,
    table,
  };
}

export function buildRun() {
  const [recorded, redrawn] = [figure("shown"), figure("shown")];
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the whole run" });
  const status = h("p", { class: "ds-about" });
  const stop = h("button", { type: "button" }, "Stop");
  const apart = h(
    "button",
    { type: "button", title: "Show the steps of the new run in the place of the recorded one" },
    "Take this run apart",
  );
  const box = h(
    "div",
    { class: "ds-runs" },
    recorded.box,
    redrawn.box,
    h("div", { class: "ds-run-line" }, bar, status, stop, apart),
  );
  return { recorded, redrawn, bar, status, stop, apart, box };
}

/** The RGBA numbers of a bitmap. */
export function pixels(bitmap) {
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  return pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

/** Show a picture of `width` and `height`; small ones keep their pixels visible. */
export function put({ canvas }, rgba, { width, height }, label) {
  paint(canvas, rgba, width, height);
  canvas.classList.toggle("ds-pixels", Math.max(width, height) <= 128);
  canvas.setAttribute("aria-label", label);
}

/** A finished picture with its title; none without a reel. */
export function finish(figure, reel, title) {
  const bitmap = reel?.pictures.x0?.[0];
  figure.box.hidden = !bitmap;
  figure.text.textContent = title;
  if (bitmap) put(figure, pixels(bitmap), bitmap, `Finished picture, ${title}`);
}
