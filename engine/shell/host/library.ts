/** Shell functions that scripts may call, by name; each is sent once per session. */
import { aheadLibrary } from './library-ahead.ts';
import { fileFunctions } from './library-files.ts';
import { placeFunctions } from './library-place.ts';
import { receiveFunctions } from './library-receive.ts';
import { treeFunctions } from './library-tree.ts';

export const library: Readonly<Record<string, string>> = {
  ...fileFunctions,
  ...placeFunctions,
  ...receiveFunctions,
  ...treeFunctions,
  ...aheadLibrary,
};
