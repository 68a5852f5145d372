/** Module `hostsEntry`: names of one address in /etc/hosts. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { absolutePath } from '../shared/argument.ts';
import { editReads, planEdit, type EditFile } from '../shared/edit-file.ts';
import { inFile, insertLines, type FileLines, type Line } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';

const hostName = z
  .string()
  .regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, 'is not a host name')
  .max(253);

const args = z.strictObject({
  name: hostName.describe('the name that is looked up; it comes first on its line'),
  address: z
    .string()
    .refine((text) => isIP(text) !== 0, 'is not an IP address')
    .optional()
    .describe('its address; with state absent: remove the name from lines of this address only'),
  aliases: z.array(hostName).default([]).describe('further names of that address'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  path: absolutePath.default('/etc/hosts').describe('the file'),
  unsafeWrites: z
    .boolean()
    .default(false)
    .describe('write into a file that cannot be replaced because it is a mount point'),
});
type Want = z.output<typeof args>;

export const hostsEntry = defineModule({
  name: 'hostsEntry',
  summary: 'Manages a name and its address in /etc/hosts, for IPv4 and IPv6 separately.',
  args,
  example: `hostsEntry('the API', { name: 'api.cluster', address: '10.0.0.10', aliases: ['api'] })`,
  returns: fileReturns,
  mistakes: (want) =>
    want.state === 'present' && want.address === undefined ? ['state present needs address'] : [],
  reads: (want) => editReads(hostsFile(want)),
  plan: (want, is, on) =>
    planEdit(hostsFile(want), is, on, (file) => {
      const lines = want.state === 'present' ? put(want, file) : take(want, file);
      return {
        difference: { what: want.name, from: seen(want, file.lines), to: seen(want, lines) },
        lines: changed(file, lines),
        secret: false,
      };
    }),
});

const hostsFile = (want: Want): EditFile => ({
  path: want.path,
  state: want.state,
  create: want.state === 'present',
  backup: false,
  unsafeWrites: want.unsafeWrites,
});

interface Entry {
  readonly address: string;
  readonly names: readonly string[];
  /** A comment behind the names, with the blank before it. */
  readonly comment: string;
}

function entryOf({ text }: Line): Entry | undefined {
  const [, body = '', comment = ''] = /^([^#]*?)(\s*#.*|\s*)$/.exec(text) ?? [];
  const [address, ...names] = body.split(/\s+/).filter((word) => word !== '');
  return address === undefined ? undefined : { address, names, comment };
}

/** The lines that hold one of the names, for people. */
function seen(want: Want, lines: readonly Line[]): string {
  const names = [want.name, ...want.aliases];
  const found = lines.flatMap((line) => {
    const entry = entryOf(line);
    const held = entry?.names.some((name) => names.includes(name)) ?? false;
    return entry && held ? [`${entry.address} ${entry.names.join(' ')}`] : [];
  });
  return found.length === 0 ? 'absent' : found.join(', ');
}

const textOf = ({ address, names, comment }: Entry): string =>
  `${address}\t${names.join(' ')}${comment.trimEnd()}`;

/** Takes every wanted name from other lines of its family; one line of the address has them all. */
function put(want: Want, file: FileLines): readonly Line[] {
  const address = want.address ?? '';
  const wanted = [want.name, ...want.aliases.filter((alias) => alias !== want.name)];
  const own = file.lines.findIndex((line) => {
    const entry = entryOf(line);
    return entry?.address === address && entry.names.includes(want.name);
  });
  const lines = file.lines.flatMap((line, index): Line[] => {
    const entry = entryOf(line);
    if (entry === undefined || isIP(entry.address) !== isIP(address)) return [line];
    if (index !== own) return without(line, entry, wanted);
    const others = entry.names.filter((name) => !wanted.includes(name));
    return rewritten(line, entry, [...wanted, ...others]);
  });
  if (own >= 0) return lines;
  const fresh = textOf({ address, names: wanted, comment: '' });
  return insertLines({ ...file, lines }, lines.length, [inFile(fresh, file)]);
}

function take(want: Want, file: FileLines): readonly Line[] {
  return file.lines.flatMap((line) => {
    const entry = entryOf(line);
    if (entry === undefined) return [line];
    if (want.address !== undefined && entry.address !== want.address) return [line];
    return without(line, entry, [want.name, ...want.aliases]);
  });
}

/** The line without these names; a line that has none left goes. */
function without(line: Line, entry: Entry, names: readonly string[]): Line[] {
  const left = entry.names.filter((name) => !names.includes(name));
  return left.length === 0 && entry.names.length > 0 ? [] : rewritten(line, entry, left);
}

/** Lines whose names are right already stay byte for byte as they are. */
function rewritten(line: Line, entry: Entry, names: readonly string[]): Line[] {
  if (names.join(' ') === entry.names.join(' ')) return [line];
  return [{ text: textOf({ ...entry, names }), end: line.end }];
}

const changed = (file: FileLines, lines: readonly Line[]): readonly Line[] | undefined =>
  lines.length === file.lines.length && lines.every((line, index) => line === file.lines[index])
    ? undefined
    : lines;
