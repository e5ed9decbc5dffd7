// What the widgets share. Python puts this text in the place of the line that imports it, so a widget is one module.

const CONTROLS = ["button", "input", "select", "textarea"];

/** An element. Text goes in as children and is never read as HTML. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  // JupyterLab takes keys (arrows, b, x) from the focused element unless that very element has this mark
  if (CONTROLS.includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  play: "M5 3.2v9.6a.6.6 0 0 0 .9.5l7.6-4.8a.6.6 0 0 0 0-1L5.9 2.7a.6.6 0 0 0-.9.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  dice:
    "M3.5 2h9A1.5 1.5 0 0 1 14 3.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 12.5v-9A1.5 1.5 0 0 1 3.5 2z" +
    "M5 4.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM11 4.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM8 7.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z" +
    "M5 10.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8zM11 10.1a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z",
  larger: "M2 2h5v1.6H4.7L7.4 6.3 6.3 7.4 3.6 4.7V7H2zM14 14H9v-1.6h2.3L8.6 9.7l1.1-1.1 2.7 2.7V9H14z",
  swap: "M5 2 1.5 5.5 5 9V6.5h6V4.5H5zM11 7v2.5H5v2h6V14l3.5-3.5z",
  stop: "M3.5 3.5h9v9h-9z",
  star: "M8 1.2l2.05 4.3 4.7.65-3.42 3.28.84 4.67L8 11.84 3.83 14.1l.84-4.67L1.25 6.15l4.7-.65z",
  cross: "M3.4 2.2 8 6.8l4.6-4.6 1.2 1.2L9.2 8l4.6 4.6-1.2 1.2L8 9.2l-4.6 4.6-1.2-1.2L6.8 8 2.2 3.4z",
  locked:
    "M4 7V5a4 4 0 0 1 8 0v2h.5A1.5 1.5 0 0 1 14 8.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 13.5v-5A1.5 1.5 0 0 1 3.5 7zM6 7h4V5a2 2 0 1 0-4 0z",
  open: "M10 7h2.5A1.5 1.5 0 0 1 14 8.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 13.5v-5A1.5 1.5 0 0 1 3.5 7H8V4a3.5 3.5 0 0 1 7 0v1.5h-2V4a1.5 1.5 0 0 0-3 0z",
};

/** A small picture for a button; it takes the button's colour and says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", "aria-hidden": "true", class: "ds-icon" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

let ids = 0;
/** An id no other element of the page has. */
export const uid = () => `ds-${Date.now().toString(36)}-${(ids += 1)}`;

/** Call at most once in `ms`: at once, then the newest call when the time is over. */
export function throttle(call, ms) {
  let timer = null;
  let waiting = null;
  const run = (args) => {
    timer = setTimeout(() => {
      timer = null;
      if (waiting) run(waiting);
    }, ms);
    waiting = null;
    call(...args);
  };
  const throttled = (...args) => {
    if (timer === null) run(args);
    else waiting = args;
  };
  /** Make the waiting call now, if there is one. */
  throttled.flush = () => {
    if (waiting) call(...waiting);
    waiting = null;
  };
  throttled.waiting = () => waiting !== null;
  throttled.cancel = () => {
    clearTimeout(timer);
    timer = waiting = null;
  };
  return throttled;
}

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** Move a slider's knob, and its colour behind it. */
export function setSlider(range, value) {
  range.value = value;
  const { min, max, value: at } = range; // the browser keeps it inside
  range.style.setProperty("--ds-fill", `${Number(max) > Number(min) ? (100 * (at - min)) / (max - min) : 0}%`);
}

/** A root element and everything hung on it; `end` undoes all of it. */
export function scope(model, el, name) {
  const abort = new AbortController();
  const undo = [];
  const root = h("div", { class: `ds ds-${name}`, lang: "en", "data-lm-suppress-shortcuts": "true" });
  const self = {
    root,
    undo: (call) => undo.push(call),
    listen: (node, type, call) => node.addEventListener(type, call, { signal: abort.signal }),
    watch(names, call) {
      for (const trait of names.split(" ")) {
        model.on(`change:${trait}`, call);
        undo.push(() => model.off(`change:${trait}`, call));
      }
    },
    /** As `watch`, but once for all traits that one message brings. */
    together(names, call) {
      let asked = false;
      self.watch(names, async () => {
        if (asked) return;
        asked = true;
        await null;
        asked = false;
        if (!abort.signal.aborted) await call();
      });
    },
    end() {
      abort.abort();
      for (const call of undo.reverse()) call();
      root.remove();
    },
  };
  el.append(root);
  tellWhenAlone(model, self);
  return self;
}

/** After a restart of the kernel no button answers any more, and nothing else would say why. */
function tellWhenAlone(model, { root, undo }) {
  const notice = h("p", { class: "ds ds-no-kernel", role: "alert" }, "No kernel: run the cell again.");
  const tell = () => root.before(notice);
  model.on("comm_live_update", tell); // ipywidgets sets it once more after the beginning: when the line is cut
  undo(() => {
    model.off("comm_live_update", tell);
    notice.remove();
  });
}

/** The place where a widget says what went wrong. */
export function alertBox(model, view) {
  const box = h("div", { class: "ds-error", role: "alert" });
  const show = () => {
    box.textContent = model.get("error");
    box.hidden = !model.get("error");
  };
  view.watch("error", show);
  show();
  return box;
}

/** The float32 numbers of a buffer trait, which may begin anywhere inside its message. */
export const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** Put RGBA pixels on a canvas, which takes their size. */
export function paint(canvas, rgba, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
}

/** Buttons that stay down: `set` says which. Options are { name, label, about }; `pick` gets the name of the one pressed. */
export function toggles(view, label, options, pick) {
  const buttons = options.map(({ name, label: text, about }) => {
    const button = h("button", { type: "button", title: about, "aria-pressed": "false" }, text);
    view.listen(button, "click", () => pick(name));
    return [name, button];
  });
  return {
    box: h("div", { class: "ds-toggles", role: "group", "aria-label": label }, ...buttons.map(([, button]) => button)),
    set(names) {
      for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(names.includes(name)));
    },
  };
}

/** A button that asks Python for a file (see View._hand_over); the browser then saves it. */
export function fileButton(model, view, label, about, form) {
  const button = h("button", { type: "button", title: about }, label);
  const ask = uid();
  const receive = (content, buffers) => {
    if (content.type !== "file" || content.ask !== ask) return; // another view of this model asked
    const url = URL.createObjectURL(new Blob([buffers[0]]));
    h("a", { href: url, download: content.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be asking where to put it
  };
  view.listen(button, "click", () => model.send({ type: "save", form, ask }));
  model.on("msg:custom", receive);
  view.undo(() => model.off("msg:custom", receive));
  return button;
}
