import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handler, play, role } from '../../engine/dsl/declare.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { formatPlace, PlayError } from '../../engine/errors.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { collect, namesOf, refusal, threeHosts } from './inventory.ts';

const say = (name: string) => debug(name, { message: name });
const playOf = (tasks: () => Iterable<Step>) => play({ name: 'site', hosts: 'web', tasks });

async function refused(tasks: () => Iterable<Step>): Promise<PlayError> {
  const inventory = await threeHosts();
  const error = refusal(() => collect(playOf(tasks), inventory));
  if (!(error instanceof PlayError)) throw error;
  return error;
}

describe('what is created', () => {
  it('and only read as a result runs right before its first reader', async () => {
    const site = playOf(function* () {
      const members = query('members', { argv: ['true'] });
      yield say('first');
      yield debug('reader', { message: (run) => run.result(members).stdout });
      yield debug('again', { message: (run) => run.result(members).stdout });
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['first', 'members', 'reader', 'again']);
  });

  it('and only read by what is only read runs before that', async () => {
    const site = playOf(function* () {
      const one = query('one', { argv: ['true'] });
      const two = query('two', { argv: (run) => [run.result(one).stdout] });
      yield debug('reader', { message: 'x' }, { when: (run) => run.result(two).code === 0 });
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['one', 'two', 'reader']);
  });

  it('as a handler that nothing notifies is kept for other roles to notify', async () => {
    const site = playOf(function* () {
      handler(command('restart', { argv: ['true'] }));
      yield say('x');
    });
    const [plan] = collect(site, await threeHosts());
    expect(plan?.hosts[0]?.handlers.map(({ id }) => id)).toEqual(['site/restart']);
  });

  it('before a generator throws does not spoil what is collected next', async () => {
    const error = await refused(function* () {
      yield say('kept');
      say('forgotten');
      throw new Error('no such thing');
    });
    expect(error.message).toBe('collecting a: Error: no such thing');
    const [plan] = collect(
      playOf(() => [say('next')]),
      await threeHosts(),
    );
    expect(namesOf(plan)).toEqual(['next']);
  });
});

describe('an error that a role throws', () => {
  it('is told once for all hosts, with the line that threw it', async () => {
    const error = await refused(() => {
      throw new TypeError('list is not iterable');
    });
    expect(error.message).toBe('collecting a: TypeError: list is not iterable');
    expect(error.at && formatPlace(error.at)).toMatch(/^test\/plan\/forgotten\.test\.ts:\d+:\d+$/);
  });

  it('by turning a Secret into text names that line', async () => {
    const token = secret('hunter2');
    const error = await refused(() => [debug('x', { message: `token ${String(token)}` })]);
    expect(error.message).toBe('a Secret was used as text');
    expect(error.at?.file).toMatch(/forgotten\.test\.ts$/);
  });

  it('comes with those of other roles', async () => {
    const broken = (name: string) =>
      role({
        name,
        vars: z.strictObject({}),
        tasks() {
          throw new Error(`broken ${name}`);
        },
      });
    const inventory = await threeHosts();
    const plays = {
      kind: 'playbook' as const,
      plays: ['one', 'two'].map((name) => play({ name, hosts: 'web', roles: [broken(name)] })),
    };
    const error = refusal(() => collect(plays, inventory));
    expect(error.message).toBe('2 mistakes');
  });
});
