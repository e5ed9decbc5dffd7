// A page without Jupyter: what a front end finds there in the place of its kernel. Exported pages and the tests use it.

/** @typedef {Record<string, any>} State The traits of a widget by name. */
/** @typedef {{ path: (string | number)[], data: string }} Binary A part of the state as base64, and its place. */
/** @typedef {{ save?: (state: State) => void, send?: (content: any) => void }} Ends Where writes and messages go. */
/** @typedef {(...given: any[]) => void} Listener */
/** @typedef {ReturnType<typeof standIn>} StandIn */

/** @param {string} text */
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/**
 * Put binary parts back to where ipywidgets took them out.
 * @param {State} state
 * @param {Binary[]} buffers
 */
export function fill(state, buffers) {
  for (const { path, data } of buffers) {
    const owner = path.slice(0, -1).reduce((at, key) => at[key], state);
    owner[path[path.length - 1]] = bytes(data);
  }
  return state;
}

/**
 * A model as anywidget gives it, with nobody behind it: it keeps the state and calls its listeners.
 * @param {State} state
 * @param {Ends} ends
 */
export function standIn(state, { save = () => {}, send = () => {} } = {}) {
  /** @type {Map<string, Listener[]>} */
  const listeners = new Map();
  /** @param {string} event @param {...unknown} values */
  const tell = (event, ...values) => {
    for (const call of [...(listeners.get(event) ?? [])]) call(...values);
  };
  return {
    state,
    saved: false,
    /** @param {string} name */
    get: (name) => state[name],
    /** @param {string} name @param {unknown} value */
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      tell(`change:${name}`);
    },
    /** @param {string} event @param {Listener} call */
    on(event, call) {
      listeners.set(event, [...(listeners.get(event) ?? []), call]);
    },
    /** @param {string} event @param {Listener} call */
    off(event, call) {
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((one) => one !== call),
      );
    },
    save_changes: () => save(state),
    /** @param {unknown} content */
    send: (content) => send(content),
    /**
     * Many traits in one message, as Jupyter gives them: all are new before anyone hears of it.
     * @param {State} change
     */
    receive(change) {
      Object.assign(state, change);
      for (const name of Object.keys(change)) tell(`change:${name}`);
    },
    /** @param {unknown} content @param {DataView[]} buffers */
    message: (content, buffers = []) => tell("msg:custom", content, buffers),
    listening: () => [...listeners.values()].flat().length,
  };
}

/**
 * The model and the front end of one widget, as `page.part` wrote it. Adds its style sheet to the page.
 * @param {{ state: State, buffers: Binary[] }} part
 * @param {Ends} ends
 */
export async function prepare({ state, buffers }, ends) {
  const model = standIn(fill(state, buffers), ends);
  document.head.append(Object.assign(document.createElement("style"), { textContent: state._css }));
  const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  URL.revokeObjectURL(url);
  return { model, widget };
}

const CALM = "This is a saved page with no Python behind it. That needs the notebook it came from.";

/** Bring an exported page to life. */
export async function start() {
  const { parts, shared } = JSON.parse(document.getElementById("parts")?.textContent ?? "{}");
  followTheme();
  const places = [...document.querySelectorAll("main > section")];
  const opened = await Promise.all(places.map((place, i) => openPart(parts[i], place)));
  for (const name of shared) {
    link(
      name,
      opened.filter((model) => name in model.state),
    );
  }
}

/**
 * @param {{ state: State, buffers: Binary[] }} part
 * @param {Element} place
 */
async function openPart(part, place) {
  const notice = Object.assign(document.createElement("p"), { className: "notice", role: "status" });
  const send = () => {
    notice.textContent = CALM;
  };
  const { model, widget } = await prepare(part, { send });
  model.saved = true; // for a widget that would otherwise wait for an answer
  const el = document.createElement("div");
  place.append(el, notice);
  await widget.render({ model, el });
  return model;
}

/**
 * One value for several models.
 * @param {string} name
 * @param {StandIn[]} models
 */
function link(name, models) {
  for (const one of models) {
    one.on(`change:${name}`, () => {
      for (const other of models) other.set(name, one.get(name));
    });
  }
}

function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", show);
  show();
}
