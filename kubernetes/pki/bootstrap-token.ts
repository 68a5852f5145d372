/** What kubelets show when they join a cluster. */
import { join } from 'node:path';
import { PlaybookError, secret, toolkit, type PkiStore, type Secret } from 'tsplay';

const { randomWord, reveal } = toolkit;

/** What a kubelet shows when it joins a cluster. */
export interface BootstrapToken {
  /** Six characters. Public: it names the object in the cluster. */
  readonly id: string;
  /** Sixteen characters. */
  readonly secret: Secret;
  /** `ID.SECRET` */
  readonly whole: Secret;
}

/**
 * The token of the store's file NAME, `abcdef.0123456789abcdef`; made where there is no file.
 * @param store where it is kept
 * @param name of the file
 * @returns its two parts and the whole
 * @throws PlaybookError where the file holds something else
 * @example
 * export const tokenOf = (run: Run): BootstrapToken =>
 *   bootstrapToken(openStore('.play/pki/prod', { check: run.check }), 'bootstrap-token');
 */
export function bootstrapToken(store: PkiStore, name: string): BootstrapToken {
  const whole = store.secret(name, () => `${randomWord(6)}.${randomWord(16)}`);
  const [, id = '', rest = ''] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(reveal(whole)) ?? [];
  if (id !== '') return { id, secret: secret(rest), whole };
  throw new PlaybookError(`${join(store.directory, name)} is no bootstrap token`, {
    hint: 'it has six and sixteen lower case letters and digits, with a dot between them',
  });
}
