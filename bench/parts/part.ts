/** A part of the bench that needs neither a lab nor peers. */

export interface PartOptions {
  /** `bin/play.js` of the checkout that is measured. */
  readonly program: string;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

export interface Part {
  /** As it is called for. */
  readonly name: string;
  /** Of its section. */
  readonly heading: string;
  /** @returns the section's text */
  readonly measure: (options: PartOptions) => Promise<string>;
}
