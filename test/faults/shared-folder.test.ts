/** Hosts that have one folder in common, as on NFS: process numbers of the one mean nothing to the other. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { Project } from './project.ts';
import { litter } from './replacing.ts';
import { report } from './trial.ts';

const rounds = 10;
/** Of what is downloaded: each answer is of one letter. */
const size = 200_000;

describe('two hosts that work in one folder at once', () => {
  const at = mkdtempSync(`${tmpdir()}/tsplay-shared-`);
  let hosts: readonly NearHost[] = [];
  let project: Project;
  let asked = 0;
  const server = createServer((_, response) => {
    const letter = String.fromCharCode(97 + (asked++ % 26));
    response.write(letter.repeat(size / 2));
    setTimeout(() => response.end(letter.repeat(size / 2)), 150);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    hosts = await Promise.all([nearHost(), nearHost()]);
    project = new Project({
      'hosts.yaml': inventory(...hosts.map((each, index) => each.line(`h${index}`))),
      'site.ts': site(at, port),
    });
    for (const name of ['h0', 'h1'])
      for (let round = 0; round < rounds; round += 1)
        project.write(`files/${name}/${name}-sent-${round}`, 'sent');
    for (const name of ['h0', 'h1']) {
      mkdirSync(project.path('archives', name), { recursive: true });
      project.write(`archives/${name}/${name}-unpacked`, 'unpacked');
      const words = ['-cf', project.path(`archives/${name}.tar`)];
      execFileSync('tar', [...words, '-C', project.path('archives', name), '.']);
    }
  });
  afterAll(async () => {
    server.close();
    for (const host of hosts) await host.stop();
    await project.remove();
    await rm(at, { recursive: true });
  });

  test('take nothing of the other for a leftover', async (context) => {
    const { code, stdout, stderr } = await project.play();
    const names = readdirSync(at);
    const written = ['h0', 'h1'].flatMap((host) => [
      `${host}-unpacked`,
      ...Array.from({ length: rounds }, (_, round) => [
        `${host}-copied-${round}`,
        `${host}-linked-${round}`,
        `${host}-sent-${round}`,
      ]).flat(),
    ]);
    const torn = names
      .filter((name) => name.startsWith('fetched-'))
      .filter((name) => !/^(.)\1*$/.test(readFileSync(`${at}/${name}`, 'latin1')));
    const missed = [
      ...(code === 0 ? [] : [`${code}: ${stdout}${stderr}`]),
      ...written.filter((name) => !names.includes(name)),
      ...torn.map((name) => `${name} is of two answers`),
      ...litter(at),
    ];
    const tried = written.length + rounds;
    report(context, {
      fault:
        'each of two hosts writes, validates, links, mirrors and unpacks in the same folder; both fetch one URL to the same file',
      promise: 'all of it is there and whole, no step fails by the other, and nothing is left',
      tried,
      held: Math.max(0, tried - missed.length),
      missed,
    });
    expect(asked).toBe(2 * rounds);
  });
});

/** What one of them writes is held open for a while. */
const site = (at: string, port: number): string => `
import { copy, file, getUrl, mirror, play, playbook, unarchive } from 'tsplay';
const at = ${JSON.stringify(at)};
export default playbook([play({ name: 'shared', hosts: 'all', *tasks({ host }) {
  for (let round = 0; round < ${rounds}; round += 1) {
    yield copy(\`copy \${round}\`, {
      content: 'copied', dest: \`\${at}/\${host.name}-copied-\${round}\`, validate: 'sleep 0.1; test -s %s',
    });
    yield file(\`link \${round}\`, {
      path: \`\${at}/\${host.name}-linked-\${round}\`, state: 'link', src: '/nowhere', force: true,
    });
    // Whoever is second finds what the first one wrote, and says so.
    yield getUrl(\`fetch \${round}\`, {
      url: 'http://127.0.0.1:${port}/', dest: \`\${at}/fetched-\${round}\`,
    }, { ignoreErrors: true });
  }
  yield mirror('mirror', { src: \`files/\${host.name}\`, dest: at });
  yield unarchive('archive', { src: \`archives/\${host.name}.tar\`, dest: at });
} })]);
`;
