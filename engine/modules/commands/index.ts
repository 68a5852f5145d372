/** Programs: on the host, and on the controller. */
export { ask } from './ask.ts';
export { command } from './command.ts';
export { local } from './local.ts';
export { query } from './query.ts';
export { script } from './script.ts';
export { shell } from './shell.ts';
