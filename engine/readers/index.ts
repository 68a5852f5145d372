/** Readers for modules of users, exported as `readers`. Re-exports only. */
export { groupNamed, userNamed } from './accounts/account.ts';
export { groupId, userId, usersOfGroup } from './accounts/account-id.ts';
export { file, type FileValue } from './files/file.ts';
export { home } from './accounts/home.ts';
export { kernelModule } from './system/kernel-module.ts';
export { mount } from './files/mount.ts';
export { packageNamed, type Package } from './packages/package.ts';
export { hostQuery as query, type QueryAnswer } from './commands/query.ts';
export { sysctl } from './system/sysctl.ts';
export { text, type TextValue } from './files/text.ts';
export { tree } from './files/tree.ts';
export { unit, type Unit } from './services/unit.ts';
