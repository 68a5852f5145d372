/** Users and groups, their keys and their rights. */
export { authorizedKey } from './authorized-key/index.ts';
export { group } from './group.ts';
export { knownHost } from './known-host/index.ts';
export { sudoers } from './sudoers.ts';
export { user } from './user/index.ts';
