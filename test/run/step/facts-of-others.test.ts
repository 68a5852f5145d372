import { assert, play } from 'tsplay';
import { expect, test } from 'vitest';
import { fleet } from '../harness.ts';

/** Each host names those whose facts it has. */
const asking = (others: readonly string[]) =>
  play({
    name: 'ask',
    hosts: 'web',
    *tasks() {
      yield assert('others', {
        that: false,
        message: (run) =>
          others
            .map((name) => `${name} ${run.tryFactsOf(name) === undefined ? 'no' : 'yes'}`)
            .join(),
      });
    },
  });

test('facts of others are waited for; a host that is not in the run has none', async () => {
  const hosts = await fleet(['a', 'b', 'c']);
  const ran = await hosts.run(asking(['a', 'b', 'c']), { limit: 'a:b' });
  expect(ran.end('a', 'others').failure?.message).toBe('a yes,b yes,c no');
});

test('a host that cannot be reached does not take the asking one with it', async () => {
  const hosts = await fleet(['a', 'b']);
  hosts.link('b', { refuse: 'it is off' });
  const ran = await hosts.run(asking(['b', 'a']));
  expect(ran.end('a', 'others').failure?.message).toBe('b no,a yes');
  expect(ran.exitCode).toBe(2);
});
