import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { play, role } from '../../engine/dsl/declare.ts';
import type { Play } from '../../engine/dsl/play.ts';
import { addHost } from '../../engine/modules/control/add-host.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { groupBy } from '../../engine/modules/control/group-by.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { fleet, type Ran } from './harness.ts';

const vars = { transport: 'fake' };

/** A play whose one task writes down the host that it ran for. */
const onHosts = (hosts: string, name = 'second'): Play =>
  play({ name, hosts, tasks: ({ host }) => [debug(`on`, { message: host.name })] });

/** Hosts for which a play's task ran. */
const hostsOf = (ran: Ran, of = 'second'): readonly string[] =>
  ran.ends
    .filter(({ step, outcome }) => step.play === of && outcome === 'ok')
    .map(({ step }) => step.host)
    .toSorted();

const warningsOf = (ran: Ran): readonly string[] =>
  ran.events.flatMap((event) => (event.event === 'message' ? [event.text] : []));

const first = (tasks: (host: string) => Iterable<ReturnType<typeof addHost | typeof groupBy>>) =>
  play({ name: 'first', hosts: 'web', tasks: ({ host }) => tasks(host.name) });

describe('an added host', () => {
  it('takes part in later plays: connected to with its own variables', async () => {
    const on = await fleet(['a']);
    const added = { name: 'new', groups: ['late'], vars: { ...vars, host: 'somewhere', port: 7 } };
    const write = play({
      name: 'second',
      hosts: 'late',
      tasks: ({ host }) => [
        copy('conf', { content: `${host.name} ${host.address}`, dest: on.path('conf') }),
      ],
    });
    const ran = await on.run([first(() => [addHost('add', added)]), write]);
    expect(ran.lines).toEqual(['a add: ok', 'new conf: changed']);
    expect(await on.read('conf')).toBe('new somewhere');
    expect(ran.recap('new')?.changed).toBe(1);
  });

  it('is in no play that has started', async () => {
    const on = await fleet(['a']);
    const one = play({
      name: 'first',
      hosts: 'all',
      tasks: () => [addHost('add', { name: 'new', vars }), debug('after', { message: 'x' })],
    });
    expect((await on.run(one)).lines).toEqual(['a add: ok', 'a after: ok']);
  });

  it('may be one for each host, in the order of the inventory', async () => {
    const on = await fleet(['a', 'b']);
    on.link('a', { delay: 50 });
    const adding = first((host) => [
      addHost('add', { name: `new-${host}`, groups: ['late'], vars }),
    ]);
    const ran = await on.run([adding, onHosts('late')]);
    const start = ran.events.filter((event) => event.event === 'play-start').at(-1);
    expect(start).toMatchObject({ play: 'second', hosts: ['new-a', 'new-b'] });
  });

  it('can be named by what the run finds', async () => {
    const on = await fleet(['a']);
    const adding = play({
      name: 'first',
      hosts: 'web',
      *tasks() {
        const made = command('make', { argv: ['echo', 'vm-7'] });
        yield made;
        yield addHost('add', { name: (run) => run.result(made).stdout, groups: ['late'], vars });
      },
    });
    const ran = await on.run([adding, onHosts('late')]);
    expect(hostsOf(ran)).toEqual(['vm-7']);
  });

  it('takes its variables to roles, which say what is missing', async () => {
    const on = await fleet(['a']);
    const web = role({
      name: 'web',
      vars: z.strictObject({ webPort: z.number() }),
      tasks: ({ vars: { webPort } }) => [debug('port', { message: String(webPort) })],
    });
    const second = play({ name: 'second', hosts: 'late', roles: [web] });
    const adding = (more: object) =>
      first(() => [addHost('add', { name: 'new', groups: ['late'], vars: { ...vars, ...more } })]);
    const ran = await on.run([adding({ webPort: 80 }), second]);
    expect(ran.end('new', 'port').notes).toEqual(['80']);
    const lacking = await on.run([adding({}), second]);
    expect(lacking.exitCode).toBe(1);
    expect(warningsOf(lacking).join()).toMatch(/webPort: missing for new/);
  });

  it('is not left out by --limit, but who is left out adds nothing', async () => {
    const on = await fleet(['a', 'b']);
    const adding = first((host) => [
      addHost('add', { name: `new-${host}`, groups: ['late'], vars }),
    ]);
    const ran = await on.run([adding, onHosts('late:web')], { limit: 'b' });
    expect(hostsOf(ran)).toEqual(['b', 'new-b']);
  });

  it.each([
    ['a', { port: 22 }, /a is in the inventory, so its 'port' is not added/],
    ['web', {}, /'web' would be a host and a group/],
    ['x:y', {}, /'x:y' cannot be the name of a host/],
    ['localhost', {}, /localhost exists without being added/],
    ['new', { port: 'many' }, /port/],
  ])('named %s with %j is refused', async (name, more, message) => {
    const on = await fleet(['a']);
    const ran = await on.run([first(() => [addHost('add', { name, vars: more })]), onHosts('web')]);
    expect(ran.end('a', 'add').failure?.message).toMatch(message);
    expect(ran.exitCode).toBe(2);
  });

  it('that two hosts describe differently is refused, whoever came first', async () => {
    const on = await fleet(['a', 'b']);
    const adding = first((host) => [
      addHost('add', { name: 'new', vars: { ...vars, zone: host } }),
    ]);
    const ran = await on.run([adding, onHosts('new')]);
    expect(
      ran.ends.filter(({ step }) => step.name === 'add').map(({ outcome }) => outcome),
    ).toEqual(expect.arrayContaining(['ok', 'failed']));
    expect(ran.exitCode).toBe(2);
  });
});

describe('a group of groupBy', () => {
  it('has its hosts in later plays, and so have the groups that hold it', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const adding = first((host) => [
      groupBy('by kind', { key: host === 'b' ? 'even' : 'odd', parents: ['kinds'] }),
    ]);
    const ran = await on.run([adding, onHosts('odd'), onHosts('kinds:!even', 'third')]);
    expect(hostsOf(ran)).toEqual(['a', 'c']);
    expect(hostsOf(ran, 'third')).toEqual(['a', 'c']);
  });

  it('can be named by facts', async () => {
    const on = await fleet(['a']);
    const adding = first(() => [groupBy('by kernel', { key: (run) => `os_${run.facts.os.id}` })]);
    expect(hostsOf(await on.run([adding, onHosts('os_*')]))).toEqual(['a']);
  });

  it('brings the variables that group_vars has for it', async () => {
    const on = await fleet(['a']);
    await mkdir(on.path('group_vars'), { recursive: true });
    await writeFile(on.path('group_vars', 'odd.yaml'), 'colour: red\n');
    const second = play({
      name: 'second',
      hosts: 'odd',
      tasks: ({ host }) => [debug('colour', { message: String(host.vars['colour']) })],
    });
    const ran = await on.run([first(() => [groupBy('by kind', { key: 'odd' })]), second]);
    expect(ran.end('a', 'colour').notes).toEqual(['red']);
  });

  it('that nobody is in ends in a warning, not in silence', async () => {
    const on = await fleet(['a']);
    const adding = first(() => [groupBy('by kind', { key: 'odd' }, { when: () => false })]);
    const ran = await on.run([adding, onHosts('odd')]);
    expect(warningsOf(ran)).toEqual(["play 'second' has no hosts: 'odd'"]);
    expect(ran.exitCode).toBe(0);
  });

  it('that would hold itself is refused', async () => {
    const on = await fleet(['a']);
    const adding = first(() => [
      groupBy('one', { key: 'x', parents: ['y'] }),
      groupBy('two', { key: 'y', parents: ['x'] }),
    ]);
    const ran = await on.run([adding, onHosts('web')]);
    expect(ran.end('a', 'two').failure?.message).toBe(
      "'y' cannot be inside 'x', which is inside it",
    );
  });
});

describe('before the run', () => {
  it('a name that no step can add is refused, with the nearest one', async () => {
    const on = await fleet(['a']);
    const adding = first(() => [groupBy('by kind', { key: 'odd' })]);
    await expect(on.run([adding, onHosts('od')])).rejects.toThrow(/no host or group 'od'/);
    await expect(on.run([onHosts('odd', 'earlier'), adding])).rejects.toThrow(/no host or group/);
  });
});

describe('check', () => {
  it('adds as a run does, since nothing is written', async () => {
    const on = await fleet(['a']);
    const adding = first(() => [groupBy('by kind', { key: 'odd' })]);
    expect(hostsOf(await on.run([adding, onHosts('odd')], { check: true }))).toEqual(['a']);
  });

  it('says where it cannot know which hosts there will be', async () => {
    const on = await fleet(['a']);
    const adding = play({
      name: 'first',
      hosts: 'web',
      *tasks() {
        const made = command('make', { argv: ['echo', 'vm-7'] });
        yield made;
        yield addHost('add', { name: (run) => run.result(made).stdout, groups: ['late'] });
      },
    });
    const ran = await on.run([adding, onHosts('late')], { check: true });
    expect(ran.outcome('a', 'add')).toBe('unknown');
    expect(warningsOf(ran)[0]).toMatch(/may have more hosts.*'add' of a/);
  });
});
