/** When a freshly booted host can be used. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayError } from '../engine/errors.ts';
import type { Driver, LabPlace } from './driver.ts';
import type { HostPlan } from './plan.ts';
import { attempt } from './program.ts';

/** Milliseconds for a host to come up, on a machine that is busy with other things. */
const patience = 120_000;

/**
 * Waits until a host's systemd has finished starting and its sshd greets.
 * @returns names of the units that failed to start
 * @throws PlayError if it takes too long.
 */
export async function waitUntilReady(
  driver: Driver,
  lab: LabPlace,
  host: HostPlan,
): Promise<string[]> {
  const deadline = Date.now() + patience;
  const pause = async (): Promise<void> => {
    if (Date.now() > deadline) {
      throw new PlayError(`${host.name} did not come up in ${patience / 1000} seconds`, {
        hint: `look at its console in ${lab.folder}/hosts/${host.name}/console.log`,
      });
    }
    await sleep(100);
  };
  const inside = async (argv: readonly string[]): Promise<string> =>
    (await attempt(await driver.inside(lab, host, argv))).stdout.trim();
  // systemd says nothing, then initializing, then starting, before one of these two.
  while (!/^(running|degraded)$/.test(await inside(['systemctl', 'is-system-running']))) {
    await pause();
  }
  while (!(await greets(host.address))) await pause();
  const failed = await inside(['systemctl', '--failed', '--plain', '--no-legend']);
  return failed
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((unit) => unit !== '');
}

/** Whether an ssh server answers at an address. */
function greets(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('data', (chunk: Buffer) => answer(chunk.toString().startsWith('SSH-')));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
