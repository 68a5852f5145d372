/** All module constructors, by name. */
export { assert } from './assert.ts';
export { command } from './command.ts';
export { debug } from './debug.ts';
export { fail } from './fail.ts';
export { pause } from './pause.ts';
export { query } from './query.ts';
export { shell } from './shell.ts';
export { copy } from './copy.ts';
export { file } from './file.ts';
export { template } from './template.ts';
export { blockInFile } from './block-in-file.ts';
export { lineInFile } from './line-in-file.ts';
export { fetch } from './fetch.ts';
