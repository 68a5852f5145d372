/** The machine itself: its name, time zone, languages, kernel, mounts and limits. */
export { hostname } from './hostname.ts';
export { hostsEntry } from './hosts-entry.ts';
export { limits } from './limits.ts';
export { locale } from './locale.ts';
export { modprobe } from './modprobe/index.ts';
export { mount } from './mount/index.ts';
export { selinux } from './selinux.ts';
export { swap } from './swap.ts';
export { sysctl } from './sysctl/index.ts';
export { timezone } from './timezone.ts';
