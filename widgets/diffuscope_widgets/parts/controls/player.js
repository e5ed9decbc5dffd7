// Playing: a position that moves with time, drawn at the pace of the display.
import { h, icon } from "../../base/dom.js";

const PAUSE = 0.5; // seconds between two jumps, where motion is not wanted

/** @typedef {{ speed: number, jump: number }} Pace What a second is worth; and a jump, where motion is not wanted. */

export class Player {
  button = h("button", { type: "button", class: "ds-play", "aria-label": "Play" }, icon("play"));
  still = matchMedia("(prefers-reduced-motion: reduce)");
  timer = 0;

  /** @param {(position: number) => void} moved gets every new position */
  constructor(moved) {
    this.moved = moved;
  }

  get on() {
    return this.timer !== 0;
  }

  /** Whether motion is not wanted. */
  get calm() {
    return this.still.matches;
  }

  /**
   * Play from a position to the last one; whoever gets the last one stops the player.
   * @param {number} position
   * @param {number} last
   * @param {Pace} pace
   */
  start(position, last, { speed, jump }) {
    let before = performance.now();
    /** @param {number} now */
    const tick = (now) => {
      this.timer = requestAnimationFrame(tick); // before `moved`, which may stop it
      const passed = Math.max(0, now - before) / 1000; // a frame's time may lie before the click
      if (this.calm && passed < PAUSE) return;
      position = Math.min(last, position + (this.calm ? jump : passed * speed));
      before = now;
      this.moved(position);
    };
    this.timer = requestAnimationFrame(tick);
    this.show("pause", "Pause");
  }

  stop() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.show("play", "Play");
  }

  /**
   * @param {"play" | "pause"} picture
   * @param {string} label
   */
  show(picture, label) {
    this.button.replaceChildren(icon(picture));
    this.button.setAttribute("aria-label", label);
  }
}
