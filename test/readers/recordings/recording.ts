/**
 * What readers are asked on real hosts, and what they must make of the answer. `npm run record`
 * asks and keeps what the hosts print in test/fixtures/readers; the test reads that with the parser.
 */
import type { Read, ReaderDefinition } from '../../../engine/module/reader.ts';

/** How the scripts run. */
export const systems = {
  /** As root, under dash with coreutils. */
  'debian-12': ['sh'],
  'debian-12-nobody': [
    'setpriv',
    '--reuid=nobody',
    '--regid=nogroup',
    '--clear-groups',
    'env',
    'HOME=/nonexistent',
    'sh',
  ],
  /** busybox's shell and tools, and none besides. */
  'debian-12-busybox': ['env', 'PATH=/opt/busybox', '/opt/busybox/sh'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type System = keyof typeof systems;

/** The part of an answer that is the same whenever the system is recorded: texts may be
 * patterns, and lists whose order is chance sets. */
export type Expected =
  | { readonly answer: 'absent' }
  | { readonly answer: 'denied'; readonly why: string | RegExp }
  | { readonly answer: 'value'; readonly value: unknown };

export const is = (value: unknown): Expected => ({ answer: 'value', value });
export const denied = (why: string | RegExp): Expected => ({ answer: 'denied', why });

export interface Recording {
  /** Of the file in test/fixtures/readers. */
  readonly name: string;
  readonly system: System;
  readonly reader: ReaderDefinition<unknown, unknown>;
  /** A command that tells the version of the tool whose output is read. */
  readonly version: string;
  /** Debian packages that the host needs besides the usual ones. */
  readonly packages: readonly string[];
  /** Files that the controller puts on the host first. */
  readonly files: Readonly<Record<string, Buffer>>;
  /** Files of the controller by the path that they get on the host. */
  readonly programs: () => Promise<Readonly<Record<string, string>>>;
  /** What root does on the host before. */
  readonly prepare: string;
  readonly cases: readonly { readonly key: unknown; readonly expected: Expected }[];
}

/** @param cases what one reader is asked, with what is expected of each answer beside it */
export function recording(
  of: {
    readonly on: System;
    readonly version: string;
    readonly packages?: readonly string[];
    readonly files?: Readonly<Record<string, Buffer>>;
    readonly programs?: () => Promise<Readonly<Record<string, string>>>;
    readonly prepare?: string;
  },
  cases: readonly (readonly [read: Read<unknown>, expected: Expected])[],
): Recording {
  const reader = cases[0]?.[0].reader;
  if (reader === undefined) throw new Error('a recording asks for something');
  return {
    name: `${reader.name}-${of.on}`,
    system: of.on,
    reader,
    version: of.version,
    packages: of.packages ?? [],
    files: of.files ?? {},
    programs: of.programs ?? (() => Promise.resolve({})),
    prepare: of.prepare ?? ':',
    cases: cases.map(([read, expected]) => ({ key: read.key, expected })),
  };
}
