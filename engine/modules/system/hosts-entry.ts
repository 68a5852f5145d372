/** Module `hostsEntry`: names of one address in /etc/hosts. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { absolutePath } from '../shared/argument.ts';
import { editReads, planEdit, type EditFile } from '../shared/edit-file.ts';
import { fieldLines } from '../shared/keyed-lines/fields.ts';
import { inFile, insertLines, type FileLines, type Line } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';
import { entriesIn, ifChanged, withEach, type LineFormat } from '../shared/keyed-lines/index.ts';

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
        difference: { what: want.name, from: seen(want, file), to: seen(want, { ...file, lines }) },
        lines: ifChanged(file, lines),
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
}

const fields = fieldLines(/#/);

const hostsLines: LineFormat<Entry> = {
  read: (text) => {
    const [address, ...names] = fields.of(text);
    return address === undefined ? undefined : { address, names };
  },
  keyOf: ({ address }) => address,
  write: ({ address, names }, old) =>
    old === undefined ? `${address}\t${names.join(' ')}` : fields.put(old, [address, ...names]),
  isSame: (is, wanted) => is.names.join(' ') === wanted.names.join(' '),
};

/** The lines that hold one of the names, for people. */
function seen(want: Want, file: FileLines): string {
  const names = [want.name, ...want.aliases];
  const found = entriesIn(hostsLines, file)
    .filter(({ entry }) => entry.names.some((name) => names.includes(name)))
    .map(({ entry }) => `${entry.address} ${entry.names.join(' ')}`);
  return found.length === 0 ? 'absent' : found.join(', ');
}

/** Takes every wanted name from other lines of its family; one line of the address has them all. */
function put(want: Want, file: FileLines): readonly Line[] {
  const address = want.address ?? '';
  const wanted = [want.name, ...want.aliases.filter((alias) => alias !== want.name)];
  let hasOwn = false;
  const lines = withEach(hostsLines, file, (entry) => {
    if (isIP(entry.address) !== isIP(address)) return entry;
    if (hasOwn || entry.address !== address || !entry.names.includes(want.name)) {
      return without(entry, wanted);
    }
    hasOwn = true;
    const others = entry.names.filter((name) => !wanted.includes(name));
    return withNames(entry, [...wanted, ...others]);
  });
  if (hasOwn) return lines;
  const fresh = hostsLines.write({ address, names: wanted });
  return insertLines({ ...file, lines }, lines.length, [inFile(fresh, file)]);
}

const take = (want: Want, file: FileLines): readonly Line[] =>
  withEach(hostsLines, file, (entry) =>
    want.address === undefined || entry.address === want.address
      ? without(entry, [want.name, ...want.aliases])
      : entry,
  );

/** The entry without these names; one that has none left goes. */
function without(entry: Entry, names: readonly string[]): Entry | undefined {
  const left = entry.names.filter((name) => !names.includes(name));
  return left.length === 0 && entry.names.length > 0 ? undefined : withNames(entry, left);
}

/** Lines whose names are right already stay byte for byte as they are. */
const withNames = (entry: Entry, names: readonly string[]): Entry =>
  names.join(' ') === entry.names.join(' ') ? entry : { ...entry, names };
