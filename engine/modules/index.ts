/** All modules, by what they are about. */
export * from './files/index.ts';
export * from './packages/index.ts';
export * from './services/index.ts';
export * from './system/index.ts';
export * from './accounts/index.ts';
export * from './network/index.ts';
export * from './certificates/index.ts';
export * from './commands/index.ts';
export * from './control/index.ts';
