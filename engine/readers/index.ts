/** Readers for modules of users, exported as `readers`. Re-exports only. */
export { groupNamed, userNamed } from './account.ts';
export { groupId, userId, usersOfGroup } from './account-id.ts';
export { file, type FileValue } from './file.ts';
export { home } from './home.ts';
export { kernelModule } from './kernel-module.ts';
export { mount } from './mount.ts';
export { packageNamed, type Package } from './package.ts';
export { hostQuery as query, type QueryAnswer } from './query.ts';
export { sysctl } from './sysctl.ts';
export { text, type TextValue } from './text.ts';
export { tree } from './tree.ts';
export { unit, type Unit } from './unit.ts';
