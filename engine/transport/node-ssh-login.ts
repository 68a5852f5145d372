/** How the node-ssh transport logs in: as OpenSSH would, without its configuration. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { AnyAuthMethod, AuthMethod } from 'ssh2';
import { UnreachableError } from '../errors.ts';
import { reveal } from '../secrets/secret.ts';
import type { Connection } from './transport.ts';

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

export const loginName = (connection: Connection): string => connection.user ?? userInfo().username;

/**
 * The given key alone; else the given password; else the agent and the usual keys.
 * @throws UnreachableError for a key that cannot be read
 */
export async function loginMethods(connection: Connection): Promise<AuthMethod[]> {
  const username = loginName(connection);
  const { privateKeyFile, password } = connection;
  const methods: AnyAuthMethod[] = [];
  if (privateKeyFile !== undefined)
    methods.push({ type: 'publickey', username, key: await readKey(connection, privateKeyFile) });
  if (password) {
    const plain = reveal(password);
    methods.push({ type: 'password', username, password: plain });
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(({ prompt }) => (/password/i.test(prompt) ? plain : ''))),
    });
  }
  if (methods.length > 0) return methods;
  const agent = process.env['SSH_AUTH_SOCK'];
  if (agent !== undefined && agent !== '') methods.push({ type: 'agent', username, agent });
  for (const name of defaultKeys) {
    const file = join(homedir(), '.ssh', name);
    if (!existsSync(file)) continue;
    const key = await readKey(connection, file).catch(() => undefined);
    if (key !== undefined) methods.push({ type: 'publickey', username, key });
  }
  if (methods.length > 0) return methods;
  throw new UnreachableError(`cannot reach ${connection.host}: there is no key to log in with`, {
    hint: 'set privateKeyFile or password, or start an ssh-agent',
  });
}

async function readKey(connection: Connection, file: string): Promise<string> {
  const refuse = (why: string, hint: string): never => {
    throw new UnreachableError(`cannot reach ${connection.host}: the key ${file} ${why}`, { hint });
  };
  const text = await readFile(file, 'utf8').catch(() =>
    refuse('cannot be read', 'check privateKeyFile'),
  );
  if (!text.includes('PRIVATE KEY')) refuse('is no private key', 'check privateKeyFile');
  if (isEncrypted(text))
    refuse('is encrypted', 'add it to an ssh-agent, or set transport: openssh');
  return text;
}

/** PEM says so in a header; OpenSSH's format names its key derivation within the base64. */
function isEncrypted(key: string): boolean {
  const body = key.replaceAll(/-----[^-]*-----|\s/g, '');
  return key.includes('ENCRYPTED') || Buffer.from(body, 'base64').includes('bcrypt');
}
