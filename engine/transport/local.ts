/** The controller itself as a host, through zx. */
import { UnreachableError } from '../errors.ts';
import { quote } from '../shell/quote.ts';
import { childStream } from './child-stream.ts';
import type { ByteStream, Transport } from './transport.ts';

/** zx keeps all output of a process; a session's would pile up for the whole run. */
class Forgetful extends Array<Buffer> {
  override push(): number {
    return 0;
  }
}

async function open(): Promise<ByteStream> {
  const { $ } = await import('zx/core');
  const run = $({
    quiet: true,
    nothrow: true,
    // Ctrl-C at the terminal is ours to handle.
    detached: true,
    shell: '/bin/sh',
    prefix: 'set -eu;',
    quote,
    store: { stdout: new Forgetful(), stderr: new Forgetful(), stdall: new Forgetful() },
  });
  // `kill` ends the outer shell, whatever user the inner one became; the session's watchdog on
  // the host looks at its pid and at ours.
  const started = run`tsplay_anchor="$$ $PPID" /bin/sh; exit $?`;
  if (!started.child) throw new UnreachableError('cannot start /bin/sh on this machine');
  return childStream(started.child, {
    why: (said, code) =>
      said.trim().split('\n').at(-1) || `/bin/sh ended with ${code ?? 'a signal'}`,
  });
}

export const local: Transport = { name: 'local', open };
