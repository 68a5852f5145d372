/** Module `knownHost`: host keys that ssh trusts. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { absolutePath } from '../../shared/argument.ts';
import { attributeArgs } from '../../shared/attributes.ts';
import { editReads, planEdit, type Edit, type EditFile } from '../../shared/edit-file.ts';
import type { FileLines } from '../../shared/file-lines.ts';
import { fileReturns } from '../../shared/file-result.ts';
import { hostKeyOf, keysOf, withKeys, withoutNames } from './lines.ts';

const hostName = z
  .string()
  .regex(
    /^(\[[^\s,[\]|#]+\]:\d+|[^\s,[\]|#]+)$/,
    "is no name as known_hosts has it: 'host', 'address' or '[host]:port'",
  );

const oneLine = z.string().regex(/^[^\r\n\0]+$/, 'must be one line');

const args = z.strictObject({
  name: z
    .union([hostName, z.array(hostName).min(1)])
    .describe("names and addresses of the host; '[name]:port' for another port than 22"),
  key: z
    .union([oneLine, z.array(oneLine).min(1)])
    .optional()
    .describe('its public keys: type and base64, as in its own /etc/ssh/ssh_host_*.pub'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent: remove this key from the names, or without key all of theirs'),
  hash: z.boolean().default(false).describe('hash the names in new lines'),
  path: absolutePath
    .default('/etc/ssh/ssh_known_hosts')
    .describe('the file; that of a user is .ssh/known_hosts in the home'),
  ...attributeArgs,
});

type Want = z.output<typeof args>;

export const knownHost = defineModule({
  name: 'knownHost',
  summary: 'Manages host keys that ssh trusts; replaces another key of the same type.',
  args,
  example: `knownHost('the backup host', {
  name: ['backup.example.org', '10.0.0.9'],
  key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr',
})`,
  returns: fileReturns,
  mistakes(want) {
    const found = keyTexts(want)
      .filter((text) => hostKeyOf(text) === undefined)
      .map((text) => `'${text.slice(0, 40)}' is not a public key, or is cut short`);
    if (want.state === 'present' && want.key === undefined) found.push('state present needs key');
    return found;
  },
  ...ownedFile,
  reads: (want) => editReads(fileOf(want)),
  plan: (want, is, on) => planEdit(fileOf(want), is, on, (file) => edit(want, file)),
});

const fileOf = (want: Want): EditFile => ({
  ...want,
  create: want.state === 'present',
  backup: false,
  unsafeWrites: false,
});

const keyTexts = ({ key }: Want): readonly string[] =>
  key === undefined ? [] : typeof key === 'string' ? [key] : key;

function edit(want: Want, file: FileLines): Edit {
  const names = typeof want.name === 'string' ? [want.name] : want.name;
  const keys = keyTexts(want).flatMap((text) => hostKeyOf(text) ?? []);
  const blobs = keys.map(({ blob }) => blob);
  const lines =
    want.state === 'present'
      ? withKeys(file, names, keys, want.hash)
      : withoutNames(file, names, ({ blob }) => keys.length === 0 || blobs.includes(blob));
  const isSame =
    lines.length === file.lines.length && lines.every((line, at) => line === file.lines[at]);
  if (isSame) return { lines: undefined, secret: false };
  const shown = (of: FileLines): string => {
    const found = names.flatMap((name) => keysOf(of, name));
    const texts = new Set(found.map(({ type, blob }) => `${type} …${blob.slice(-12)}`));
    return [...texts].join(', ') || 'absent';
  };
  const difference = { what: names.join(', '), from: shown(file), to: shown({ ...file, lines }) };
  return { lines, secret: false, difference };
}
