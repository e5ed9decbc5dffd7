// The foot of the prompt form: its recipe as Python, and the recipe of a saved picture back into the form.
import { h } from "../base/dom.js";
import { copyText } from "../parts/controls/copy.js";
import { DropZone } from "../parts/controls/drop_zone.js";

const STAYS = 6000; // ms a word of success stays

export class Tools {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  copy = h("button", { type: "button", title: "Code that draws the same picture, bit for bit" }, "Copy as Python");
  status = h("p", { class: "ds-about", role: "status" });
  unread = h("p", { class: "ds-note" });
  code = h("textarea", {
    class: "ds-code",
    rows: 8,
    readonly: true,
    hidden: true,
    "aria-label": "Python code",
    spellcheck: "false",
  });

  /**
   * @param {import("../base/sync.js").Model<import("../base/wire.js").FormTraits>} model
   * @param {import("../base/sync.js").View} view
   */
  constructor(model, view) {
    this.model = model;
    const zone = new DropZone(view, model.get("limits"), {
      text: "Settings of a picture …",
      title: "Or drop it anywhere on this form",
      label: "A saved picture",
      way: 'In Python: studio.form.restore("path/to/it").',
      take: (name, data) => model.send({ type: "picture", name }, undefined, [data]),
      refuse: (why) => this.say(why, false),
    });
    const line = h("div", { class: "ds-line" }, this.copy, zone.button, zone.file);
    this.box = h("div", { class: "ds-tools" }, line, this.status, this.unread, this.code);
    view.listen(this.copy, "click", () => this.copyCode());
    view.hear("restored", ({ name }) => this.say(`These are the settings of “${name}”.`));
    view.undo(() => clearTimeout(this.timer));
  }

  async copyCode() {
    const code = this.model.get("code");
    const copied = await copyText(code);
    this.code.hidden = copied;
    this.code.value = code;
    if (copied) return this.say("Copied. Paste it into a cell.");
    this.code.select();
    this.say("Press Ctrl+C to copy.", false);
  }

  /** @param {string} text */
  say(text, passing = true) {
    clearTimeout(this.timer);
    this.status.textContent = text;
    if (passing) this.timer = setTimeout(() => this.say("", false), STAYS);
  }

  show() {
    this.unread.textContent = this.model.get("unread");
    this.copy.disabled = !this.model.get("code");
    if (!this.code.hidden) this.code.value = this.model.get("code");
  }
}
