import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectHost } from '../../engine/shell/session/host-connection.ts';
import { fakeLink } from '../../engine/transport/fake.ts';
import { ask, newRun, read, transportContract } from './contract.ts';

// The same contract under every shell that a host may have as /bin/sh.
for (const shell of ['/bin/sh', '/bin/dash', '/bin/bash', '/bin/busybox sh']) {
  const [program = ''] = shell.split(' ');
  if (!existsSync(program))
    throw new Error(`${program} is missing: apt-get install dash bash busybox`);
  fakeLink(shell, { shell: shell.split(' ') });
  transportContract({
    name: `fake (${shell})`,
    connection: () => ({ transport: 'fake', host: shell }),
  });
}

describe('a fake link', () => {
  it('delays, so that one write costs one round trip', async () => {
    fakeLink('far', { delay: 100 });
    const host = connectHost({ transport: 'fake', host: 'far' }, { runId: newRun() });
    const session = await host.session();
    const started = performance.now();
    await Promise.all(session.exchange(Array.from({ length: 20 }, () => read('true'))));
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(195);
    expect(took).toBeLessThan(600);
    await host.close();
  });

  it('breaks after a number of bytes', async () => {
    const link = fakeLink('breaks', { cutAfterDown: 5000 });
    const host = connectHost({ transport: 'fake', host: 'breaks' }, { runId: newRun() });
    const session = await host.session();
    expect((await ask(session, read('echo one'))).stdout.toString()).toBe('one\n');
    await expect(ask(session, read('yes | head -c 10000'))).rejects.toThrow('the link was cut');
    expect(link.opened).toBe(1);
    await host.close();
  });

  it('refuses', async () => {
    fakeLink('refuses', { refuse: 'switched off' });
    const host = connectHost({ transport: 'fake', host: 'refuses' }, { runId: newRun() });
    await expect(host.session()).rejects.toThrow('cannot reach refuses: switched off');
  });
});
