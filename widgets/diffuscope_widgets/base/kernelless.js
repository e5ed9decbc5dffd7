// A page without Jupyter: what a front end finds there in the place of its kernel. Exported pages and the tests use it.

const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

/** Put binary parts back to where ipywidgets took them out. */
export function fill(state, buffers) {
  for (const { path, data } of buffers) {
    const owner = path.slice(0, -1).reduce((at, key) => at[key], state);
    owner[path.at(-1)] = bytes(data);
  }
  return state;
}

/** A model as anywidget gives it, with nobody behind it: it keeps the state and tells its listeners. */
export function standIn(state, { save = () => {}, send = () => {} } = {}) {
  const listeners = new Map();
  const tell = (event, ...values) => {
    for (const call of [...(listeners.get(event) ?? [])]) call(...values);
  };
  return {
    state,
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      tell(`change:${name}`);
    },
    on: (event, call) => listeners.set(event, [...(listeners.get(event) ?? []), call]),
    off: (event, call) =>
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((one) => one !== call),
      ),
    save_changes: () => save(state),
    send: (content) => send(content),
    /** Many traits in one message, as Jupyter gives them: all are new before anyone is told. */
    receive(change) {
      Object.assign(state, change);
      for (const name of Object.keys(change)) tell(`change:${name}`);
    },
    message: (content, buffers = []) => tell("msg:custom", content, buffers),
    listening: () => [...listeners.values()].flat().length,
  };
}

/** The model and the front end of one widget, as `html.part` wrote it. Adds its style sheet to the page. */
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
  const { parts, shared } = JSON.parse(document.getElementById("parts").textContent);
  followTheme();
  const places = [...document.querySelectorAll("main > section")];
  const opened = await Promise.all(parts.map((part, i) => openPart(part, places[i])));
  for (const name of shared)
    link(
      name,
      opened.filter((model) => name in model.state),
    );
}

async function openPart(part, place) {
  const notice = Object.assign(document.createElement("p"), { className: "notice", role: "status" });
  const { model, widget } = await prepare(part, { send: () => (notice.textContent = CALM) });
  model.saved = true; // for a widget that would otherwise wait for an answer
  const el = document.createElement("div");
  place.append(el, notice);
  await widget.render({ model, el });
  return model;
}

/** One value for several models. */
function link(name, models) {
  for (const one of models) one.on(`change:${name}`, () => models.forEach((other) => other.set(name, one.get(name))));
}

function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
  dark.addEventListener("change", show);
  show();
}
