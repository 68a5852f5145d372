/** What is known of a play before the facts that some of its steps look at. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handler, play, role } from '../../../engine/dsl/declare.ts';
import type { Step, WithFacts } from '../../../engine/dsl/task.ts';
import { listPlays, listText } from '../../../engine/cli/lists.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { setFact } from '../../../engine/modules/control/set-fact.ts';
import { playbook } from '../../../engine/dsl/declare.ts';
import { variableValidator } from '../../../engine/inventory/variables/validator.ts';
import { collectPlaybook } from '../../../engine/plan/collect.ts';
import { RolesSoFar } from '../../../engine/plan/needs.ts';
import { onlyAsks } from '../../../engine/plan/only-asks.ts';
import { replanPlay } from '../../../engine/plan/replan.ts';
import { selectSteps, unknownTags } from '../../../engine/plan/select.ts';
import { facts as sampleFacts } from '../../modules/planning.ts';
import { collect, inventoryOf, namesOf, refusal, threeHosts } from '../inventory.ts';

type Facts = WithFacts['facts'];

const say = (name: string, tags: readonly string[] = []): Step =>
  debug(name, { message: name }, { tags });

const behindFacts = (tasks: (facts: Facts, host: string) => Iterable<Step>) =>
  play({
    name: 'site',
    hosts: 'web',
    gather: 'first',
    tasks: ({ facts, host }) => tasks(facts, host.name),
  });

describe('before facts are known', () => {
  it('all steps up to the first look at them are', async () => {
    const site = behindFacts(function* (facts) {
      yield say('before');
      yield say(`for ${facts.os.family}`);
      yield say('behind');
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['before']);
    expect(plan?.hosts.map(({ awaitsFacts }) => awaitsFacts)).toEqual([true, true, true]);
  });

  it('all are where nothing looks, or only a function of the run does', async () => {
    const site = behindFacts((facts) => [
      say('before'),
      debug('late', { message: () => facts.kernel }, { when: () => facts.cpus > 1 }),
    ]);
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['before', 'late']);
    expect(plan?.hosts[0]?.awaitsFacts).toBe(false);
  });

  it('a step that is given all of them is not known, nor one that a `catch` saves', async () => {
    const given = behindFacts((facts) => [say('before'), setFact('all', { value: facts })]);
    expect(namesOf(collect(given, await threeHosts())[0])).toEqual(['before']);
    const caught = behindFacts(function* (facts) {
      try {
        yield say(facts.kernel);
      } catch {
        yield say('caught');
      }
    });
    expect(namesOf(collect(caught, await threeHosts())[0])).toEqual([]);
  });

  it('roles and steps behind a role that looks at them are known all the same', async () => {
    const looks = role({
      name: 'looks',
      vars: z.strictObject({}),
      gather: 'first',
      *tasks({ facts }) {
        yield say('in the role');
        yield say(facts.kernel);
      },
    });
    const site = play({
      name: 'site',
      hosts: 'web',
      gather: 'first',
      roles: [looks],
      *tasks() {
        yield say('behind');
      },
    });
    expect(namesOf(collect(site, await threeHosts())[0])).toEqual(['in the role', 'behind']);
  });

  it('what was declared and not yielded yet is no mistake', async () => {
    const site = behindFacts(function* (facts) {
      const later = say('later');
      const restart = handler(debug('restart', { message: '' }));
      if (facts.cpus > 0) yield later;
      yield debug('notifies', { message: '' }, { notify: restart });
    });
    expect(namesOf(collect(site, await threeHosts())[0])).toEqual([]);
  });

  it('mistakes of what is known, and of variables, are refused', async () => {
    const inventory = await threeHosts();
    const site = play({
      name: 'site',
      hosts: 'web',
      gather: 'first',
      vars: z.strictObject({ size: z.int() }),
      tasks: ({ facts, vars }) => [say(`${facts.kernel} ${vars.size}`)],
    });
    expect(refusal(() => collect(site, inventory)).message).toContain('size');
    const twice = behindFacts(function* (facts) {
      yield say('same');
      yield say('same');
      yield say(facts.kernel);
    });
    expect(refusal(() => collect(twice, inventory)).message).toContain('declared twice');
  });

  it('a play that gathers none has none first', async () => {
    const inventory = await threeHosts();
    const site = play({ name: 'site', hosts: 'web', gather: 'first', gatherFacts: false });
    expect(refusal(() => collect(site, inventory)).message).toBe(
      "play 'site' has gather: 'first' and gatherFacts: false",
    );
  });

  it('the lists say that more depends on them', async () => {
    const site = behindFacts(function* (facts) {
      yield say('before', ['early']);
      yield say(facts.kernel);
    });
    const plays = listPlays(collect(site, await threeHosts()));
    expect(plays[0]).toMatchObject({ awaitsFacts: true, hosts: ['a', 'b', 'c'] });
    const text = (of: 'tasks' | 'tags' | 'hosts') =>
      listText('x.ts', plays, { tasks: false, tags: false, hosts: false, [of]: true });
    expect(text('tasks')).toContain(
      'further tasks depend on facts, which its hosts tell when it starts',
    );
    expect(text('tags')).toContain('tags of further tasks depend on facts');
    expect(text('hosts')).toContain('who takes part depends on facts');
  });

  it('a run is taken for one that may change something', async () => {
    expect(
      onlyAsks(
        collect(
          behindFacts(() => [say('x')]),
          await threeHosts(),
        ),
      ),
    ).toBe(true);
    const looks = behindFacts((facts) => [say(facts.kernel)]);
    expect(onlyAsks(collect(looks, await threeHosts()))).toBe(false);
  });
});

describe('once facts are known', () => {
  const facts = (host: string): Facts | undefined =>
    host === 'c' ? undefined : { ...sampleFacts, hostname: host };

  async function again(tasks: Parameters<typeof behindFacts>[0], tags: readonly string[] = []) {
    const inventory = await threeHosts();
    const [plan] = selectSteps(collect(behindFacts(tasks), inventory), {
      tags,
      skipTags: [],
      startAtTask: undefined,
    });
    if (!plan) throw new Error('no plan');
    return replanPlay({
      plan,
      inventory,
      facts,
      variables: variableValidator(inventory),
      limit: undefined,
      files: new Set(['a', 'b', 'c']),
      selection: { tags, skipTags: [] },
    });
  }

  it('steps are made with those of their host; who has told none still waits', async () => {
    const plan = await again((of) => [say(`on ${of.hostname}`)]);
    expect(namesOf(plan, 'a')).toEqual(['on a']);
    expect(namesOf(plan, 'b')).toEqual(['on b']);
    expect(plan.hosts.map(({ awaitsFacts }) => awaitsFacts)).toEqual([false, false, true]);
  });

  it('tags that were refused by nobody are known, or not', async () => {
    const plan = await again((of) => [say(`on ${of.hostname}`, ['late'])], ['late', 'layte']);
    expect(namesOf(plan, 'a')).toEqual(['on a']);
    const [error, ...more] = unknownTags([plan], { tags: ['late', 'layte'], skipTags: [] });
    expect(error?.message).toBe("no task has the tag 'layte', did you mean 'late'?");
    expect(more).toEqual([]);
  });

  it('mistakes that they bring are refused', async () => {
    await expect(again((of) => [say(of.hostname), say('a')])).rejects.toThrow(
      "'a' is declared twice",
    );
  });
});

describe('what a role needs', () => {
  const base = role({ name: 'base', vars: z.strictObject({}), *tasks() {} });
  const top = role({ name: 'top', vars: z.strictObject({}), needs: [base], *tasks() {} });
  const later = play({ name: 'later', hosts: 'web', roles: [top] });

  async function planned(hasBase: boolean) {
    const site = behindFacts(function* (facts) {
      if (facts.cpus > 0 && hasBase) yield base;
    });
    const inventory = await inventoryOf('web:\n  hosts:\n    a:\n');
    const roles = new RolesSoFar();
    const variables = variableValidator(inventory);
    const [plan] = collectPlaybook(playbook([site, later]), inventory, { variables, roles });
    if (!plan) throw new Error('no plan');
    return replanPlay({
      plan,
      inventory,
      variables,
      roles,
      facts: () => sampleFacts,
      limit: undefined,
      files: new Set(['a']),
      selection: { tags: [], skipTags: [] },
    });
  }

  it('may come with steps that look at facts: it is asked for when they are known', async () => {
    await expect(planned(true)).resolves.toBeDefined();
    await expect(planned(false)).rejects.toThrow(
      "play 'later': the role 'top' needs 'base' before it",
    );
  });

  it('does not count where it comes behind', async () => {
    const inventory = await threeHosts();
    const roles = new RolesSoFar();
    const variables = variableValidator(inventory);
    const good = play({ name: 'good', hosts: 'web', roles: [base, top] });
    collectPlaybook(playbook([good]), inventory, { variables, roles });
    const bad = playbook([play({ name: 'bad', hosts: 'web', roles: [top, base] })]);
    expect(() => collectPlaybook(bad, inventory, { variables })).toThrow("needs 'base'");
  });
});
