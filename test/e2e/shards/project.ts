/** A project whose playbook is run in parts, and what it leaves on the hosts. */
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { Lab } from '../../../lab/index.ts';
import { partsOfHosts } from '../../../engine/plan/shard/part.ts';
import { onHost } from '../lab.ts';
import type { ProjectFiles } from './image.ts';

export const parts = 3;

/** Hosts of the lab that are in a part. */
export function hostsOf(lab: Lab, part: number): readonly string[] {
  const names = lab.hosts.map(({ name }) => name);
  const of = partsOfHosts(names, parts);
  return names.filter((name) => of.get(name) === part);
}

/**
 * A file, a step that goes on until it is let go, and a handler that leaves a line each time: in
 * this order, so that a part that is killed in the step owes its handlers.
 */
const site = `import { copy, file, handler, play, playbook, shell } from 'tsplay';
const at = '/var/tmp/shards';
const base = play({ name: 'base', hosts: 'all', *tasks({ host }) {
  yield file('folder', { path: at, state: 'directory' });
  const restart = handler(shell('restart', { script: 'echo restarted >>' + at + '/restarts' }));
  yield copy('conf', { dest: at + '/conf', content: host.name + '\\n' }, { notify: restart });
  yield shell(
    'work',
    { script: 'cd ' + at + '; touch begun; until test -e go; do sleep 0.3; done' },
    { changedWhen: false },
  );
} });
export default playbook([base]);
`;

/** @param variables how the hosts are logged in to, where it runs */
export function projectFor(
  lab: Lab,
  variables: Readonly<Record<string, unknown>> = {},
): ProjectFiles {
  const hosts = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, { host: address }]));
  const vars = { user: 'root', sharedKernel: true, ...variables };
  return { 'site.ts': site, 'hosts.yaml': stringify({ all: { vars, hosts } }) };
}

/** What the playbook leaves is there, and each handler ran once, however often a part ran. */
export async function expectDone(lab: Lab): Promise<void> {
  for (const { name } of lab.hosts) {
    const left = await onHost(lab, name, 'cd /var/tmp/shards && cat conf restarts');
    expect([name, left]).toEqual([name, `${name}\nrestarted\n`]);
  }
}

/** Waits until a step of the part is under way on all of its hosts. */
export const hasBegun = async (lab: Lab, part: number): Promise<boolean> => {
  const seen = await Promise.all(
    hostsOf(lab, part).map((name) =>
      onHost(lab, name, 'test ! -e /var/tmp/shards/begun || echo x'),
    ),
  );
  return seen.every((text) => text !== '');
};

/** Lets the step end, on all hosts. */
export const letGo = async (lab: Lab): Promise<void> => {
  const go = 'mkdir -p /var/tmp/shards && touch /var/tmp/shards/go';
  await Promise.all(lab.hosts.map(({ name }) => onHost(lab, name, go)));
};
