// The foot of the prompt form: its recipe as Python, and the recipe of a saved picture back into the form.
import { h } from "../base/dom.js";

const MOST = 8 * 2 ** 20; // bytes; Jupyter drops larger messages without a word
const SAID = 6000; // ms a word of success stays

/** Why a file cannot be sent to Python, or "". */
export function refusal({ name, size }) {
  if (size > MOST) return `“${name}” is larger than 8 MB. In Python: studio.form.restore("path/to/it").`;
  return size === 0 ? `“${name}” is empty, or a folder.` : "";
}

/** The first file of a drop, or null. */
const fileOf = (event) => event.dataTransfer?.files?.[0] ?? null;
const carriesFile = (event) => event.dataTransfer?.types?.includes("Files");

export class Tools {
  constructor(model, view) {
    Object.assign(this, { model, view });
    this.copy = h(
      "button",
      { type: "button", title: "Code that draws the same picture, bit for bit" },
      "Copy as Python",
    );
    this.open = h("button", { type: "button", title: "Or drop it anywhere on this form" }, "Settings of a picture …");
    this.file = h("input", {
      type: "file",
      accept: "image/png,image/jpeg,image/webp",
      hidden: true,
      "aria-label": "A saved picture",
    });
    this.said = h("p", { class: "ds-about", role: "status" });
    this.code = h("textarea", {
      class: "ds-code",
      rows: 8,
      readonly: true,
      hidden: true,
      "aria-label": "Python code",
      spellcheck: "false",
    });
    this.box = h(
      "div",
      { class: "ds-tools" },
      h("div", { class: "ds-line" }, this.copy, this.open, this.file),
      this.said,
      this.code,
    );
    this.listen();
  }

  listen() {
    const { view, model } = this;
    view.listen(this.copy, "click", () => this.copyCode());
    view.listen(this.open, "click", () => this.file.click());
    view.listen(this.file, "change", () => {
      if (this.file.files[0]) this.send(this.file.files[0]);
      this.file.value = ""; // so that the same file can be chosen again
    });
    view.listen(view.root, "dragover", (event) => this.hover(event, true));
    view.listen(view.root, "dragleave", (event) => this.hover(event, view.root.contains(event.relatedTarget)));
    view.listen(view.root, "drop", (event) => {
      this.hover(event, false);
      if (fileOf(event)) this.send(fileOf(event));
    });
    const heard = (content) => {
      if (content.type === "restored") this.say(`These are the settings of “${content.name}”.`);
    };
    model.on("msg:custom", heard);
    view.undo(() => model.off("msg:custom", heard));
    view.undo(() => clearTimeout(this.timer));
  }

  hover(event, over) {
    if (!carriesFile(event)) return;
    event.preventDefault(); // else the browser would leave the page and show the file
    event.stopPropagation();
    this.view.root.classList.toggle("ds-over", over);
  }

  async send(file) {
    const why = refusal(file);
    if (why) return this.say(why, false);
    this.model.send({ type: "picture", name: file.name }, undefined, [await file.arrayBuffer()]);
  }

  async copyCode() {
    const code = this.model.get("code");
    try {
      await navigator.clipboard.writeText(code);
      this.code.hidden = true;
      this.say("Copied. Paste it into a cell.");
    } catch {
      // no leave to write there (another origin, an old browser): hand it over by hand
      Object.assign(this.code, { hidden: false, value: code });
      this.code.select();
      this.say("Press Ctrl+C to copy.", false);
    }
  }

  say(text, passing = true) {
    clearTimeout(this.timer);
    this.said.textContent = text;
    if (passing) this.timer = setTimeout(() => (this.said.textContent = ""), SAID);
  }

  show() {
    this.copy.disabled = !this.model.get("code");
    if (!this.code.hidden) this.code.value = this.model.get("code");
  }
}
