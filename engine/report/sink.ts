/** Where a reporter writes. The terminal is one, a test's string another. */
export interface Sink {
  write(text: string): void;
  /** Whether a person watches: allows the live status line. */
  readonly isTTY: boolean;
  readonly color: boolean;
  /** Characters a line. */
  readonly columns: number;
}

/** A sink that keeps what was written, for tests and for `play doc`. */
export class StringSink implements Sink {
  readonly isTTY: boolean;
  readonly color: boolean;
  readonly columns: number;
  text = '';

  constructor(options: { isTTY?: boolean; color?: boolean; columns?: number } = {}) {
    this.isTTY = options.isTTY ?? false;
    this.color = options.color ?? false;
    this.columns = options.columns ?? 80;
  }

  write(text: string): void {
    this.text += text;
  }
}
