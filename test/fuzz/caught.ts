/** Which program of a search shows that a rule is broken; `npm run fuzz -- --broken` writes it down. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('caught.json', import.meta.url);

export interface Caught {
  readonly seed: number;
  /** By the rule's name: how many programs it took. */
  readonly programs: Readonly<Record<string, number>>;
}

export const readCaught = (): Caught => JSON.parse(readFileSync(file, 'utf8')) as Caught;

export const writeCaught = (caught: Caught): void =>
  writeFileSync(file, `${JSON.stringify(caught, undefined, 2)}\n`);
