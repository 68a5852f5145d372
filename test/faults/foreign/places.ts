/** A folder of another user beside one that is root's alone. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';

export const nobody = 65534;
export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr deploy@example.org';

export interface Places {
  readonly base: string;
  readonly theirs: string;
  /** Everybody may write there, as in /tmp. */
  readonly sticky: string;
  readonly ours: string;
  /** A file in `ours`. */
  readonly secret: string;
}

export function places(): Places {
  const base = mkdtempSync(`${tmpdir()}/tsplay-foreign-`);
  chmodSync(base, 0o755);
  const [theirs, sticky, ours] = [`${base}/theirs`, `${base}/sticky`, `${base}/ours`];
  for (const path of [theirs, sticky]) mkdirSync(path);
  chownSync(theirs, nobody, nobody);
  chmodSync(sticky, 0o1777);
  mkdirSync(ours, { mode: 0o711 });
  const secret = `${ours}/secret`;
  writeFileSync(secret, 'root only', { mode: 0o600 });
  return { base, theirs, sticky, ours, secret };
}

/** Owner, mode, links and bytes of what must not change, and what is beside it. */
export function stateOf({ ours, secret }: Places): string {
  const [file, folder] = [statSync(secret), statSync(ours)];
  return JSON.stringify([
    [file.uid, file.mode, file.nlink, readFileSync(secret, 'utf8')],
    [folder.uid, folder.mode, readdirSync(ours)],
  ]);
}
