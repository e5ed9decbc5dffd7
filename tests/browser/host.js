// A stand-in for Jupyter: a model that keeps state, tells its listeners, and remembers what was sent to Python.
globalThis.host = async ({ esm, css, state, binary }) => {
  const listeners = new Map();
  const log = { sent: [], saved: [], errors: [] };
  addEventListener("error", (event) => log.errors.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => log.errors.push(String(event.reason)));
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  for (const name of binary) state[name] = bytes(state[name]);
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      for (const call of [...(listeners.get(`change:${name}`) ?? [])]) call();
    },
    on: (name, call) => listeners.set(name, [...(listeners.get(name) ?? []), call]),
    off: (name, call) => listeners.set(name, (listeners.get(name) ?? []).filter((one) => one !== call)),
    save_changes: () => log.saved.push({ ...state }),
    send: (content) => log.sent.push(content),
  };
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const views = [];
  globalThis.kit = {
    log,
    model,
    state,
    /** Many traits in one message, as Jupyter gives them: all are new before anyone is told. */
    receive(change, buffers = []) {
      for (const name of buffers) change[name] = bytes(change[name]);
      Object.assign(state, change);
      for (const name of Object.keys(change)) for (const call of [...(listeners.get(`change:${name}`) ?? [])]) call();
    },
    async open() {
      const el = document.createElement("div");
      document.querySelector("main").append(el);
      views.push({ el, close: await widget.render({ model, el }) });
    },
    close() {
      return views.splice(0).map(({ el, close }) => {
        close();
        el.remove();
        return el.childElementCount;
      });
    },
    listening: () => [...listeners.values()].flat().length,
  };
  await kit.open();
};
