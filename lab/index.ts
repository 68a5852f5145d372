/** Throwaway hosts on this machine, for tests and the bench. */
export type { HostProcess } from './processes.ts';
export type { Lab, LabHost } from './lab.ts';
export type { ProgramResult } from './program.ts';
export { openSlowDoor, type SlowDoor } from './proxy.ts';
export { differingPaths, ignoredPaths, type TreeEntry } from './snapshot.ts';
export type { UpOptions } from './claim.ts';
export { down } from './down.ts';
export { allLabs, findLab, up } from './up.ts';
