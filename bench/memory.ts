/** Memory of a process and all its children, as they share it: the proportional set size. */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks. */
const interval = 500;

export interface MemoryPeak {
  /** Bytes. */
  readonly total: number;
  readonly processes: number;
}

/** Watches a process until `stop`, which tells the largest sum that was seen. */
export function watchMemory(pid: number): { readonly stop: () => MemoryPeak } {
  let total = 0;
  let processes = 0;
  const look = (): void => {
    const tree = treeOf(pid);
    const now = tree.reduce((sum, each) => sum + proportionalSize(each), 0);
    total = Math.max(total, now);
    processes = Math.max(processes, tree.length);
  };
  const timer = setInterval(look, interval);
  return {
    stop: () => {
      clearInterval(timer);
      return { total, processes };
    },
  };
}

/** Watches the program that a shell runs, without its children. @returns what tells its peak in bytes */
export function watchProgram(shell: number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of treeOf(shell).slice(1, 2)) peak = Math.max(peak, peakOf(pid));
  }, interval);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** The kernel's own high-water mark. */
const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(/^\d+ \(.*\) . (\d+)/s.exec(read(`/proc/${name}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

const proportionalSize = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;

/** A process may end at any moment. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
