/** Names of temporary files and folders that a process would give them. */
import { readFileSync, statSync } from 'node:fs';

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('-')[0];

/** Of a process of this machine. */
export const nameHere = (pid: number): string =>
  `.play-${boot}-${statSync('/proc/self/ns/pid').ino}-${pid}`;

/** Of a process of another machine, which shares the folder. */
export const nameElsewhere = (pid: number): string => `.play-${boot}-1-${pid}`;
