/** The formats of which modules edit a part, each with a sample, for the tests that all must pass. */
import type { z } from 'zod';
import type { ModuleConstructor } from '../../../engine/dsl/define-module.ts';
import type { Reads } from '../../../engine/module/module.ts';
import { envFile } from '../../../engine/modules/files/env-file.ts';
import { ini } from '../../../engine/modules/files/ini/index.ts';
import { json } from '../../../engine/modules/files/json/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { toml } from '../../../engine/modules/files/toml/index.ts';
import { yaml } from '../../../engine/modules/files/yaml/index.ts';
import { hostsEntry } from '../../../engine/modules/system/hosts-entry.ts';
import { secret, type Secret } from '../../../engine/secrets/secret.ts';
import type { HostOptions, TestHost } from '../../../engine/testing.ts';
import { applied, edited, planOf, refusal } from '../edited.ts';

/** Arguments beside the path; each is for a sample that holds what those before it made. */
interface Sample<A> {
  /** With comments, odd blanks, and more after what is changed. */
  readonly text: string;
  /** What the sample has already. */
  readonly same: A;
  /** Another value, and the part of the text that it changes. */
  readonly set: A;
  readonly change: readonly [from: string, to: string];
  /** What the sample lacks, and what takes it away again. */
  readonly add: A;
  readonly remove: A;
  /** Takes away what is not there. */
  readonly missing: A;
  /** No text of the format, and the place of the mistake. */
  readonly broken?: readonly [text: string, place: string];
  /** Sets the same as `set`, secretly. */
  readonly hidden?: (value: Secret) => A;
}

/** A sample with its module, whose types it keeps to itself. */
export interface Format {
  readonly name: string;
  readonly sample: Omit<Sample<unknown>, 'hidden'>;
  readonly isText: boolean;
  readonly hides: boolean;
  edited(text: string | Buffer, by: Part): Buffer;
  planned(text: string | Buffer, by: Part): string;
  refused(text: string | Buffer, by: Part): string;
  applied(text: string, by: Part, options: HostOptions): Promise<string>;
  applyTo(host: TestHost, path: string): ReturnType<TestHost['apply']>;
  applyHidden(host: TestHost, path: string, value: string): ReturnType<TestHost['apply']>;
}

type Part = 'same' | 'set' | 'add' | 'remove' | 'missing';

function format<S extends z.ZodType, Rs extends Reads, R>(
  module: ModuleConstructor<S, z.output<S>, Rs, R>,
  sample: Sample<Omit<z.input<S>, 'path'>>,
): Format {
  const at = (path: string, args: Omit<z.input<S>, 'path'>) => ({ path, ...args }) as z.input<S>;
  return {
    name: module.definition.name,
    sample,
    isText: sample.broken === undefined,
    hides: sample.hidden !== undefined,
    edited: (text, by) => edited(module, text, sample[by]),
    planned: (text, by) => planOf(module, text, sample[by]).plan,
    refused: (text, by) => refusal(module, text, sample[by]),
    applied: (text, by, options) => applied(module, text, sample[by], options),
    applyTo: (host, path) => host.apply(module, at(path, sample.set)),
    applyHidden: (host, path, value) =>
      host.apply(module, at(path, sample.hidden?.(secret(value)) ?? sample.set)),
  };
}

export const formats: readonly Format[] = [
  format(json, {
    text: '{\n  // of a\n  "a":   1, // first\n  "b": {"c": [1, 2]},\n  "z": 1.0\n}\n',
    same: { key: 'b', value: { c: [1, 2] } },
    set: { key: 'a', value: 'ä\n' },
    change: ['1, // first', '"ä\\n", // first'],
    add: { key: 'n', value: 1 },
    remove: { key: 'n', state: 'absent' },
    missing: { key: 'x.y', state: 'absent' },
    broken: ['{\n  "a": 1,,\n}\n', '2:10'],
    hidden: (value) => ({ key: 'a', value }),
  }),
  format(yaml, {
    text: '# of a\na:   1 # first\nb: {c: [1, 2]}\n\n# of z\nz:  1.0\n',
    same: { key: 'b', value: { c: [1, 2] } },
    set: { key: 'b.c.0', value: 7 },
    change: ['[1, 2]', '[7, 2]'],
    add: { key: 'n', value: 1 },
    remove: { key: 'n', state: 'absent' },
    missing: { key: 'x.y', state: 'absent' },
    broken: ['a: 1\na: 2\n', '2:1'],
    hidden: (value) => ({ key: 'b.c', value: [{ token: value }] }),
  }),
  format(toml, {
    text: '# of a\na =   1 # first\nb = { c = [1, 2] }\n\n# of t\n[t]\n  z  = 1.0\n',
    same: { key: 'b', value: { c: [1, 2] } },
    set: { key: 'a', value: 'x' },
    change: ['1 # first', '"x" # first'],
    add: { key: 't.n', value: 1 },
    remove: { key: 't.n', state: 'absent' },
    missing: { key: 'x.y', state: 'absent' },
    broken: ['a = 1\n[t]\n[t]\n', '3:2'],
    hidden: (value) => ({ key: 'a', value }),
  }),
  format(ini, {
    text: '; top\nglobal=1\n\n[main] # first\na  =  1\n# of b\nb: 2\n\n[z]\nz=1\n',
    same: { section: 'main', option: 'b', value: 2 },
    set: { section: 'main', option: 'a', value: 'x' },
    change: ['a  =  1', 'a  =  x'],
    add: { section: 'main', option: 'n', value: 1 },
    remove: { section: 'main', option: 'n', state: 'absent' },
    missing: { section: 'x', option: 'y', state: 'absent' },
    hidden: (value) => ({ section: 'main', option: 'a', value }),
  }),
  format(envFile, {
    text: '# top\nexport A="1"\n\n  B=2\n# of C\nC=\'x y\'\n',
    same: { set: { C: 'x y' } },
    set: { set: { A: 'x' } },
    change: ['"1"', 'x'],
    add: { set: { N: 1 } },
    remove: { unset: ['N'] },
    missing: { unset: ['X'] },
    hidden: (value) => ({ set: { A: value } }),
  }),
  format(hostsEntry, {
    text: '# top\n127.0.0.1   localhost  # own\n\n10.0.0.1  \ta b  # first\n10.0.0.2 z\n',
    same: { name: 'z', address: '10.0.0.2' },
    set: { name: 'a', address: '10.0.0.1', aliases: ['c'] },
    change: ['\ta b', '\ta c b'],
    add: { name: 'n', address: '10.0.0.9' },
    remove: { name: 'n', state: 'absent' },
    missing: { name: 'x', state: 'absent' },
  }),
  format(lineInFile, {
    text: '# top\n\na   1\n  b 2 # c\nz\n',
    same: { line: '  b 2 # c' },
    set: { regexp: '^a ', line: 'a 2' },
    change: ['a   1', 'a 2'],
    add: { line: 'n' },
    remove: { line: 'n', state: 'absent' },
    missing: { regexp: '^x', state: 'absent' },
  }),
];
