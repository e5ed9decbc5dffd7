// What ties a front end to its model: traits, messages, writes that are held back a little, and the end of it all.
import { h } from "./dom.js";

/**
 * What anywidget gives a front end: the traits that Python has too. `saved`: a saved page, nobody answers.
 * @template {object} Traits
 * @typedef {{
 *   get<Name extends keyof Traits>(name: Name): Traits[Name],
 *   set<Name extends keyof Traits>(name: Name, value: Traits[Name]): void,
 *   save_changes(): void,
 *   send(content: object, callbacks?: undefined, buffers?: ArrayBuffer[]): void,
 *   on(event: string, call: (...given: any[]) => void): void,
 *   off(event: string, call: (...given: any[]) => void): void,
 *   saved?: boolean,
 * }} Model
 */

/**
 * What anywidget calls to show a widget; it gives what undoes it.
 * @template {object} Traits
 * @typedef {(given: { model: Model<Traits>, el: HTMLElement }) => () => void} Render
 */

/**
 * The root element of a widget and everything hung on it; `end` undoes all of it.
 * @typedef {object} View
 * @property {HTMLDivElement} root
 * @property {(call: () => void) => void} undo call this at the end
 * @property {Listen} listen as addEventListener, until the end
 * @property {(names: string, call: () => unknown) => void} watch call when one of these traits changes
 * @property {(names: string, call: () => unknown) => void} together as `watch`, once for all traits of one message
 * @property {(type: string, call: Hear) => void} hear messages of Python
 * @property {() => void} end
 */

/** @typedef {(content: any, buffers: DataView<ArrayBuffer>[]) => unknown} Hear */

/**
 * @callback Listen
 * @param {EventTarget} node
 * @param {string} type
 * @param {(event: any) => unknown} call
 * @returns {void}
 */

/**
 * @typedef {object} Throttled
 * @property {() => void} flush make the waiting call now, if there is one
 * @property {() => void} cancel forget it
 * @property {() => boolean} waiting
 */

/**
 * Call at most once in `ms`: at once, then the newest call when the time is over.
 * @template {unknown[]} Given
 * @param {(...given: Given) => unknown} call
 * @param {number} ms
 * @returns {((...given: Given) => void) & Throttled}
 */
export function throttle(call, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Given | null} */
  let waiting = null;
  /** @param {Given} given */
  const run = (given) => {
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting) run(waiting);
    }, ms);
    waiting = null;
    call(...given);
  };
  /** @param {Given} given */
  const throttled = (...given) => {
    if (timer === undefined) run(given);
    else waiting = given;
  };
  return Object.assign(throttled, {
    flush() {
      const given = waiting;
      waiting = null;
      if (given) call(...given);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
      waiting = null;
    },
    waiting: () => waiting !== null,
  });
}

/**
 * Set traits and save them at once: an echo of Python would undo what was set and not yet saved.
 * @template {object} Traits
 * @param {Model<Traits>} model
 * @param {Partial<NoInfer<Traits>>} traits
 */
export function write(model, traits) {
  for (const name of /** @type {(keyof Traits)[]} */ (Object.keys(traits))) {
    model.set(name, /** @type {Traits} */ (traits)[name]);
  }
  model.save_changes();
}

/**
 * Write traits, and send them in a message as well, which may overtake them.
 * @template {object} Traits
 * @param {Model<Traits>} model
 * @param {Partial<NoInfer<Traits>>} traits
 * @param {string} [type] of the message; "push" asks for nothing else
 */
export function push(model, traits, type = "push") {
  write(model, traits);
  model.send({ type, traits });
}

/**
 * The root element of a widget, inside the element that Jupyter gave.
 * @param {Model<any>} model
 * @param {HTMLElement} el
 * @param {string} name the widget's class is `ds-name`
 * @returns {View}
 */
export function scope(model, el, name) {
  const abort = new AbortController();
  /** @type {(() => void)[]} */
  const undo = [];
  const root = h("div", { class: `ds ds-${name}`, lang: "en", "data-lm-suppress-shortcuts": "true" });
  /** @param {string} event @param {(...given: any[]) => unknown} call */
  const on = (event, call) => {
    model.on(event, call);
    undo.push(() => model.off(event, call));
  };
  /** @type {View} */
  const view = {
    root,
    undo: (call) => undo.push(call),
    listen: (node, type, call) => node.addEventListener(type, call, { signal: abort.signal }),
    watch(names, call) {
      for (const trait of names.split(" ")) on(`change:${trait}`, () => call());
    },
    together(names, call) {
      let asked = false;
      view.watch(names, async () => {
        if (asked) return;
        asked = true;
        await null;
        asked = false;
        if (!abort.signal.aborted) await call();
      });
    },
    hear: (type, call) => on("msg:custom", (content, buffers) => content.type === type && call(content, buffers ?? [])),
    end() {
      abort.abort();
      for (const call of undo.reverse()) call();
      root.remove();
    },
  };
  el.append(root);
  tellWhenAlone(model, view);
  return view;
}

/**
 * After a restart of the kernel no button answers any more, and nothing else would say why.
 * @param {Model<any>} model
 * @param {View} view
 */
function tellWhenAlone(model, { root, undo }) {
  const notice = h("p", { class: "ds ds-no-kernel", role: "alert" }, "No kernel: run the cell again.");
  const tell = () => root.before(notice);
  model.on("comm_live_update", tell); // ipywidgets sets it once more after the beginning: when the line is cut
  undo(() => {
    model.off("comm_live_update", tell);
    notice.remove();
  });
}

/**
 * The place where a widget says what went wrong.
 * @param {Model<any>} model
 * @param {View} view
 */
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
