/**
 * What a cluster needs once and keeps: authorities, key pairs and secrets, in a folder of the
 * controller. Each is made when it is first asked for and never replaced. In check nothing is
 * written: what is not there yet is thrown away at the end of the run.
 */
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlaybookError } from '../errors.ts';
import { reveal, secret, type Secret } from '../secrets/secret.ts';
import {
  loadAuthority,
  makeAuthority,
  type Authority,
  type AuthoritySubject,
} from './authority.ts';
import { randomWord } from './random.ts';
import { keyText, newKey, requireKey, type KeyType } from './key.ts';
import {
  makeOwnFolder,
  readOwnFile,
  refuseOthers,
  writeFolderOnce,
  writeOnce,
} from './store-files.ts';

/** A key without a certificate, as the one that signs the tokens of service accounts. */
export interface KeyPair {
  /** PEM. */
  readonly privateKey: Secret;
  /** PEM. */
  readonly publicKey: string;
}

/**
 * A folder of the controller with authorities, key pairs and secrets; `openStore` opens it.
 * @throws PlaybookError for a name that leaves the folder, a part that is missing or does not fit, and
 *   files that others may read
 */
export interface PkiStore {
  /** Absolute path. */
  readonly directory: string;
  /**
   * `NAME/ca.crt` and `NAME/ca.key`; both may be put there by hand before the first run.
   * @param subject names of a new authority, and for how many days it is valid (default 3650)
   */
  authority(name: string, subject: AuthoritySubject): Authority;
  /** `NAME/private.key` and `NAME/public.pem`. Default: rsa2048. */
  keyPair(name: string, type?: KeyType): KeyPair;
  /** The file NAME, without the line's end. @param make called when there is none yet */
  secret(name: string, make: () => string): Secret;
  /**
   * The file NAME: letters and digits.
   * @param length characters of a new one
   */
  password(name: string, length: number): Secret;
}

const stores = new Map<string, PkiStore>();

/**
 * Opens the store of a folder; nothing is read or written yet, and equal calls give the same store.
 * @param directory relative to the working directory
 * @param options check: keep what is new in memory
 * @returns the store; its functions throw a PlaybookError where what is kept cannot be used
 * @example
 * export const authorityOf = (run: Run): Authority =>
 *   openStore('.play/pki/prod', { check: run.check }).authority('etcd', { commonName: 'etcd' });
 */
export function openStore(directory: string, options: { readonly check: boolean }): PkiStore {
  const path = resolve(directory);
  const id = `${options.check} ${path}`;
  const store = stores.get(id) ?? new FolderStore(path, options.check);
  stores.set(id, store);
  return store;
}

class FolderStore implements PkiStore {
  readonly directory: string;
  readonly #check: boolean;
  readonly #authorities = new Map<string, Authority>();
  readonly #keyPairs = new Map<string, KeyPair>();
  readonly #secrets = new Map<string, Secret>();

  constructor(directory: string, check: boolean) {
    this.directory = directory;
    this.#check = check;
  }

  authority(name: string, subject: AuthoritySubject): Authority {
    return once(this.#authorities, name, () => {
      const path = this.#path(name);
      const there = this.#readAuthority(path);
      if (there) return there;
      const made = makeAuthority(subject, Date.now());
      if (this.#check) return made;
      makeOwnFolder(this.directory);
      writeFolderOnce(path, { 'ca.crt': made.certificate, 'ca.key': reveal(made.key) });
      const kept = this.#readAuthority(path);
      if (!kept) throw new PlaybookError(`${path} could not be written`);
      return kept;
    });
  }

  keyPair(name: string, type: KeyType = 'rsa2048'): KeyPair {
    return once(this.#keyPairs, name, () => {
      const path = this.#path(name);
      const file = join(path, 'private.key');
      if (existsSync(path)) this.#refuseOthers(path);
      const there = readOwnFile(file);
      const privateKey = there === undefined ? keyText(newKey(type)) : secret(there);
      const publicKey = publicKeyOf(privateKey, file);
      if (there !== undefined || this.#check) return { privateKey, publicKey };
      makeOwnFolder(this.directory);
      writeFolderOnce(path, { 'private.key': reveal(privateKey), 'public.pem': publicKey });
      const kept = readOwnFile(file);
      if (kept === undefined) throw missing(path, 'private.key');
      return { privateKey: secret(kept), publicKey: publicKeyOf(secret(kept), file) };
    });
  }

  secret(name: string, make: () => string): Secret {
    return once(this.#secrets, name, () => {
      const path = this.#path(name);
      if (existsSync(path)) this.#refuseOthers(this.directory);
      const there = readOwnFile(path);
      if (there !== undefined) return secret(there.replace(/\n$/, ''));
      const made = make();
      if (this.#check) return secret(made);
      makeOwnFolder(this.directory);
      return secret(writeOnce(path, `${made}\n`).replace(/\n$/, ''));
    });
  }

  password(name: string, length: number): Secret {
    return this.secret(name, () => randomWord(length));
  }

  #readAuthority(path: string): Authority | undefined {
    if (!existsSync(path)) return undefined;
    this.#refuseOthers(path);
    const certificate = join(path, 'ca.crt');
    const key = readOwnFile(join(path, 'ca.key'));
    if (!existsSync(certificate)) throw missing(path, 'ca.crt');
    if (key === undefined) throw missing(path, 'ca.key');
    const authority = { certificate: readFileSync(certificate, 'utf8'), key: secret(key) };
    loadAuthority(authority, path);
    return authority;
  }

  #refuseOthers(path: string): void {
    refuseOthers(this.directory, '700');
    refuseOthers(path, '700');
  }

  /** @throws PlaybookError for a name that leaves the folder */
  #path(name: string): string {
    if (/^[a-z0-9][a-z0-9.-]*$/.test(name)) return join(this.directory, name);
    throw new PlaybookError(`'${name}' cannot name something in ${this.directory}`);
  }
}

const publicKeyOf = (key: Secret, file: string): string =>
  createPublicKey(requireKey(key, file)).export({ type: 'spki', format: 'pem' }).toString();

const missing = (path: string, file: string): PlaybookError =>
  new PlaybookError(`${path} has no ${file}`, {
    hint: 'put it back from a backup; a new one would shut out every host of the cluster',
  });

function once<V>(made: Map<string, V>, name: string, make: () => V): V {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}
