/** Readers of connection variables' values: the right type, or what is wrong with it. */
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { PlayError } from '../../errors.ts';
import { isSecret, secret, type Secret } from '../../secrets/secret.ts';
import type { Become, Connection } from '../../transport/transport.ts';
import { forSsh, isForSsh } from '../../transport/openssh-arguments.ts';
import { shellWords } from './shell-words.ts';
import { hintForType } from '../variables/type-hints.ts';
import { placeOfVariable, type Variable } from '../variables/variable.ts';

export type Reading<T> =
  | { readonly value: T; readonly warning?: string }
  | { readonly wrong: string; readonly hint?: string | undefined };

export type Reader<T> = (variable: Variable) => Reading<T>;

const mistyped = (expected: string, variable: Variable): { wrong: string; hint?: string } => {
  const { value, written } = variable;
  const hint = hintForType(expected, value, written?.locate([]).plain);
  const wrong = `expected ${expected}, received ${typeName(value)}`;
  return hint === undefined ? { wrong } : { wrong, hint };
};

const typeName = (value: unknown): string => {
  if (isSecret(value)) return 'secret';
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'list' : typeof value;
};

const plain: Reader<string> = (variable) => {
  const { value } = variable;
  if (typeof value !== 'string') return mistyped('string', variable);
  if (value === '') return { wrong: 'is empty' };
  return value.includes('{{')
    ? { wrong: 'expressions are not evaluated in an inventory', hint: 'write the value itself' }
    : { value };
};

/** No program's argument can hold NUL, and no line of a configuration a line break. */
export const text: Reader<string> = (variable) => {
  const read = plain(variable);
  const isStrange = 'value' in read && /\p{Cc}/u.test(read.value);
  return isStrange ? { wrong: 'holds control characters' } : read;
};

/** A word for ssh's command line. */
const word =
  (what: 'host' | 'user'): Reader<string> =>
  (variable) => {
    const read = text(variable);
    if (!('value' in read) || isForSsh(what, read.value)) return read;
    const wrong = `${JSON.stringify(read.value)} is not one that ssh can be given`;
    return { wrong, hint: `a ${what} ${forSsh}` };
  };

export const address = word('host');
export const user = word('user');

export const hidden: Reader<Secret> = (variable) => {
  if (isSecret(variable.value)) return { value: variable.value };
  const read = plain(variable);
  return 'value' in read ? { value: secret(read.value) } : read;
};

export const flag: Reader<boolean> = (variable) =>
  typeof variable.value === 'boolean' ? { value: variable.value } : mistyped('boolean', variable);

export const portNumber: Reader<number> = (variable) => {
  const { value } = variable;
  if (typeof value !== 'number') return mistyped('number', variable);
  const isPort = Number.isInteger(value) && value >= 1 && value <= 65_535;
  return isPort ? { value } : { wrong: 'a port is a whole number from 1 to 65535' };
};

export const seconds: Reader<number> = (variable) => {
  const { value } = variable;
  if (typeof value !== 'number') return mistyped('number', variable);
  return value > 0 ? { value } : { wrong: 'expected a number of seconds above 0' };
};

export const secondsOrNone: Reader<number> = (variable) => {
  const { value } = variable;
  if (typeof value !== 'number') return mistyped('number', variable);
  return value >= 0 ? { value } : { wrong: 'expected a number of seconds, or 0 for not at all' };
};

/** A path; `~` is the home folder, a relative one begins where it is written (ours) or runs. */
export const path: Reader<string> = (variable) => {
  const read = text(variable);
  if (!('value' in read)) return read;
  if (read.value === '~' || read.value.startsWith('~/')) {
    return { value: homedir() + read.value.slice(1) };
  }
  const file = variable.name.startsWith('ansible_') ? undefined : placeOfVariable(variable)?.file;
  return { value: resolve(file === undefined ? '.' : dirname(file), read.value) };
};

export const words: Reader<readonly string[]> = (variable) => {
  const { value } = variable;
  if (Array.isArray(value)) {
    const wrong = value.some((each) => typeof each !== 'string');
    if (wrong) return { wrong: 'expected a list of strings' };
    const isStrange = value.some((each) => String(each).includes('\0'));
    return isStrange ? { wrong: 'holds control characters' } : { value: value.map(String) };
  }
  if (value === '') return { value: [] };
  const read = text(variable);
  if (!('value' in read)) return read;
  try {
    return { value: shellWords(read.value) };
  } catch (error) {
    if (error instanceof PlayError) return { wrong: error.message };
    throw error;
  }
};

function oneOf<T extends string>(meanings: Readonly<Record<string, T>>): Reader<T> {
  return (variable) => {
    const { value } = variable;
    const meaning =
      typeof value === 'string' && Object.hasOwn(meanings, value) ? meanings[value] : undefined;
    if (meaning !== undefined) return { value: meaning };
    const shown = typeof value === 'string' ? `'${value}'` : typeName(value);
    return { wrong: `expected ${[...new Set(Object.values(meanings))].join(', ')}; not ${shown}` };
  };
}

export const transport = oneOf<Connection['transport']>({
  openssh: 'openssh',
  ssh: 'openssh',
  smart: 'openssh',
  'node-ssh': 'node-ssh',
  paramiko: 'node-ssh',
  paramiko_ssh: 'node-ssh',
  local: 'local',
  fake: 'fake',
});

export const becomeMethod = oneOf<Become['method']>({ sudo: 'sudo', su: 'su', doas: 'doas' });

const checking = oneOf<'strict' | 'accept-new'>({ strict: 'strict', 'accept-new': 'accept-new' });

/** Ansible's `false` would trust any key: the mildest that we offer trusts the first. */
export const hostKeyChecking: Reader<'strict' | 'accept-new'> = (variable) => {
  if (variable.value === true) return { value: 'strict' };
  if (variable.value !== false) return checking(variable);
  return { value: 'accept-new', warning: "read as 'accept-new': a changed key is still refused" };
};
