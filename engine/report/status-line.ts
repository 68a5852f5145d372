/** The live line at the bottom of a terminal; it never gets into a pipe or a file. */
import { cleanLine } from './clean.ts';
import { count, duration } from './layout.ts';
import type { Sink } from './sink.ts';
import type { Style } from './style.ts';

const frames = ['|', '/', '-', '\\'];
/** Milliseconds between two frames. */
const interval = 120;
const eraseLine = '\r\u001b[K';

export class StatusLine {
  readonly #sink: Sink;
  readonly #style: Style;
  readonly #now: () => number;
  readonly #running = new Map<string, string>();
  #started = 0;
  #done = 0;
  #frame = 0;
  #shown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: Sink, style: Style, now: () => number) {
    this.#sink = sink;
    this.#style = style;
    this.#now = now;
  }

  start(): void {
    if (!this.#sink.isTTY || this.#timer) return;
    this.#started = this.#now();
    this.#timer = setInterval(() => this.draw(), interval);
    this.#timer.unref();
  }

  stop(): void {
    this.hide();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  stepStarted(host: string, name: string): void {
    this.#running.set(host, name);
  }

  stepEnded(host: string): void {
    this.#running.delete(host);
    this.#done += 1;
  }

  hostLeft(host: string): void {
    this.#running.delete(host);
  }

  /** Removes it from the screen, so that a line can be printed. */
  hide(): void {
    if (this.#shown) this.#sink.write(eraseLine);
    this.#shown = false;
  }

  draw(): void {
    if (!this.#timer) return;
    this.#frame = (this.#frame + 1) % frames.length;
    const line = `${frames[this.#frame]} ${this.#words()}`.slice(0, this.#sink.columns - 1);
    this.#sink.write(`${eraseLine}${this.#style.quiet(line)}`);
    this.#shown = true;
  }

  #words(): string {
    const parts = [
      `${count(this.#running.size, 'host')} running`,
      `${count(this.#done, 'step')} done`,
      duration(this.#now() - this.#started),
    ];
    const [first] = this.#running;
    if (first) parts.push(cleanLine(`${first[0]}: ${first[1]}`));
    return parts.join(', ');
  }
}
