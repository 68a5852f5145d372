/** Hands a password to ssh through a FIFO that only its owner can open. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InventoryError } from '../errors.ts';
import { reveal, type Secret } from '../secrets/secret.ts';

export interface Askpass {
  /** For ssh's environment: where the program is; the password is not in it. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Questions other than for the password (a key's passphrase, a second factor) get no answer. */
const program = `#!/bin/sh
case $1 in
*[Pp]assphrase*) exit 1 ;;
*[Pp]assword*) IFS= read -r answer <"\${0%/*}/answer" && printf '%s\\n' "$answer" ;;
*) exit 1 ;;
esac
`;

/** ssh may ask once a method: keyboard-interactive, password. */
const answers = 3;

/** @throws InventoryError when the password cannot be typed on one line */
export async function askpass(password: Secret): Promise<Askpass> {
  const plain = reveal(password);
  if (/[\n\0]/.test(plain))
    throw new InventoryError('the ssh password holds a line end, which ssh cannot take');
  const folder = await mkdtemp(join(tmpdir(), 'play-askpass-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writeFile(join(folder, 'ask'), program, { mode: 0o700 });
    await promisify(execFile)('mkfifo', ['-m', '600', join(folder, 'answer')]);
    // Both ends, so that neither this nor the write waits for a reader.
    const fifo = await open(join(folder, 'answer'), constants.O_RDWR);
    await fifo.write(`${plain}\n`.repeat(answers));
    return {
      environment: {
        SSH_ASKPASS: join(folder, 'ask'),
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: ':0',
      },
      async remove() {
        await fifo.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
