import { createServer } from 'node:http';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizedKey } from '../../engine/modules/accounts/authorized-key/index.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { file } from '../../engine/modules/files/file/index.ts';
import { getUrl } from '../../engine/modules/files/get-url/index.ts';
import { mirror } from '../../engine/modules/files/mirror/index.ts';
import { template } from '../../engine/modules/files/template.ts';
import { unarchive } from '../../engine/modules/files/unarchive/index.ts';
import { TestHost } from '../../engine/testing.ts';
import { linkTrials } from './foreign/links.ts';
import { places, publicKey, stateOf } from './foreign/places.ts';
import { startSwapper, type Swapper } from './foreign/swapper.ts';
import { report } from './trial.ts';

const rounds = 40;
const host = new TestHost({ facts: { has: { tar: true, curl: true } } });
const owner = 'nobody';
const promise = "root's file keeps owner, mode and content, and nothing lands beside it";

describe('the owner of a folder, who swaps what root makes there for links', () => {
  const at = places();
  const [source, calm] = [`${at.base}/source`, `${at.base}/calm`];
  let swapper: Swapper;
  let url = '';
  const server = createServer((request, response) => response.end(`fetched ${request.url}`));
  beforeAll(async () => {
    mkdirSync(calm);
    writeFileSync(`${calm}/t`, '');
    mkdirSync(`${source}/d`, { recursive: true });
    writeFileSync(`${source}/d/evil`, 'evil');
    writeFileSync(`${source}/it.hbs`, 'it is {{it}}\n');
    execFileSync('tar', ['-cf', `${source}.tar`, '-C', source, 'd']);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    swapper = await startSwapper(at);
  });
  afterAll(() => {
    swapper.stop();
    server.close();
    rmSync(at.base, { recursive: true, force: true });
  });

  const whole = { owner, mode: '0644' };
  const work: Readonly<Record<string, (at: string, round: number) => Promise<unknown>>> = {
    'a file with owner and mode': (to, round) =>
      host.apply(copy, { content: String(round), dest: `${to}/x`, ...whole }),
    'a template with owner and mode': (to, it) =>
      host.apply(template, { src: `${source}/it.hbs`, vars: { it }, dest: `${to}/x`, ...whole }),
    'a download with owner and mode': (to, round) =>
      host.apply(getUrl, { url: `${url}/${round}`, dest: `${to}/x`, refresh: true, ...whole }),
    'keys of a user': (to) =>
      host.apply(authorizedKey, { user: owner, key: publicKey, path: `${to}/t` }),
    'owner and mode of what is there': (to) =>
      host.apply(file, { path: `${to}/t`, state: 'file', owner: 'daemon', mode: '0666' }),
    'a folder with owner and mode': (to) =>
      host.apply(file, { path: `${to}/d`, state: 'directory', owner, mode: '0777' }),
    'a whole tree': (to) => host.apply(mirror, { src: source, dest: to, owner }),
    'an archive': (to) => host.apply(unarchive, { src: `${source}.tar`, dest: to, owner }),
  };

  test.for(Object.entries(work))('%s', { timeout: 300_000 }, async ([name, apply], context) => {
    // Where nobody swaps it does its work.
    await apply(calm, rounds);
    const was = stateOf(at);
    // A busy machine lets nobody swap for a while: it counts from the first swap on.
    const before = swapper.swaps();
    let [tried, held] = [0, 0];
    for (let round = 0; round < 4 * rounds && tried < rounds; round += 1) {
      // It may well fail: what it must not do is to touch what the links lead to.
      await apply(at.theirs, round).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (swapper.swaps() === before) continue;
      tried += 1;
      if (stateOf(at) === was) held += 1;
    }
    report(context, {
      fault: `${name}, in a folder whose owner swaps it for links meanwhile`,
      promise,
      tried,
      held,
    });
    expect(tried).toBe(rounds);
  });
});

/** What is refused names what is in the way; tar's own words do. */
const refusal = /link|'\.\.'|Not a directory/;

describe('links that others set', () => {
  test.for(Object.entries(linkTrials))('%s', async ([fault, trials], context) => {
    const missed: string[] = [];
    for (const [name, work] of Object.entries(trials)) {
      const at = places();
      const before = stateOf(at);
      const said = await work(host, at).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const after = stateOf(at);
      if (after !== before) missed.push(`${name}: ${before} became ${after}`);
      if (said !== undefined && !refusal.test(said)) missed.push(`${name}: ${said}`);
      rmSync(at.base, { recursive: true });
    }
    const names = Object.keys(trials);
    report(context, {
      fault: `${fault}: ${names.join(', ')}`,
      promise: `${promise}; what is refused names the link`,
      tried: names.length,
      held: names.length - missed.length,
      missed,
    });
  });
});
