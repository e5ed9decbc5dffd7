// Playing: a position that moves with time, drawn at the pace of the display.
import { clamp, icon } from "../base/dom.js";

const PLAY = { seconds: 3, slowest: 4, fastest: 30, calm: 2 }; // calm: steps a second when motion is not wanted

/** Steps a second while playing. */
export const pace = (frames, calm) => (calm ? PLAY.calm : clamp(frames / PLAY.seconds, PLAY.slowest, PLAY.fastest));

export class Player {
  /** `moved` gets every new position; the button shows whether it plays. */
  constructor(button, moved) {
    Object.assign(this, { button, moved, timer: 0 });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
  }

  get on() {
    return this.timer !== 0;
  }

  get calm() {
    return this.still.matches;
  }

  start(position, last) {
    let before = performance.now();
    const tick = (now) => {
      this.timer = requestAnimationFrame(tick); // before `moved`, which may stop it
      const passed = Math.max(0, now - before) / 1000; // a frame's time may lie before the click
      position = Math.min(last, position + passed * pace(last + 1, this.calm));
      before = now;
      this.moved(position);
    };
    this.timer = requestAnimationFrame(tick);
    this.tell("pause", "Pause");
  }

  stop() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.tell("play", "Play");
  }

  tell(picture, label) {
    this.button.replaceChildren(icon(picture));
    this.button.setAttribute("aria-label", label);
  }
}
