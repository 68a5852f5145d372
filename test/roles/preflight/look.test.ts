import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runScript, shells } from 'tsplay/testing';
import { lookScript, parseLook } from '../../../roles/preflight/look.ts';
import { parseRunning, runningScript } from '../../../roles/preflight/running.ts';
import { folder } from '../../readers/asking.ts';

test.each(shells)(
  'under %s it sees ports with their programs, and room for what is not there yet',
  async (shell) => {
    const server = createServer();
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    try {
      const path = `${folder()}/not there/yet`;
      const { code, stdout } = await runScript(lookScript([path]), { shell });
      expect(code).toBe(0);
      const seen = parseLook(stdout.toString());
      expect(seen.free.get(path)).toBeGreaterThan(0);
      // busybox has no ss: who listens is not told there.
      const program = seen.listeners.find((each) => each.port === port)?.program;
      expect(program).toEqual(shell === 'busybox' ? undefined : expect.stringMatching(/node|Main/));
    } finally {
      server.close();
    }
  },
);

test.each(shells)(
  'under %s a host that is part of no cluster has nothing that runs',
  async (shell) => {
    const { code, stdout } = await runScript(runningScript('/etc/cni/net.d'), { shell });
    expect(code).toBe(0);
    expect(parseRunning(stdout.toString())).toMatchObject({
      runtime: undefined,
      podCidr: undefined,
    });
  },
);
