/** Roles, plays and playbooks: what compiles, and every misuse that does not. */
import {
  choose,
  command,
  each,
  file,
  play,
  playbook,
  query,
  role,
  variables,
  z,
  type Facts,
} from 'tsplay';
import type { Equal } from './equal.ts';

const etcd = role({
  name: 'etcd',
  vars: z.strictObject({
    dataDir: z.string().default('/var/lib/etcd'),
    clientPort: z.number(),
  }),
  *tasks({ vars, host, inventory }) {
    const directory: Equal<typeof vars.dataDir, string> = true;
    const port: Equal<typeof vars.clientPort, number> = true;
    yield command(`${directory && port}`, { argv: [vars.dataDir, host.name] });
    for (const member of inventory.group('etcd')) yield command(member.name, { argv: ['true'] });
    // @ts-expect-error no such variable
    yield command('x', { argv: [vars.datadir] });
    // @ts-expect-error a number is no word
    yield command('y', { argv: [vars.clientPort] });
  },
});

const motd = role({
  name: 'motd',
  vars: z.strictObject({}),
  *tasks() {
    yield command('x', { argv: ['true'] });
  },
});

const shared = z.strictObject({ clusterName: z.string().default('kube') });

const node = role({
  name: 'node',
  vars: variables(shared, { labels: z.array(z.string()) }),
  uses: { title: ({ vars }) => `${vars.clusterName} ${vars.labels.length}` },
  needs: [motd, [etcd, motd({})]],
  *tasks({ vars, title }) {
    const name: Equal<typeof vars.clusterName, string> = true;
    const labels: Equal<(typeof vars)['labels'], string[]> = true;
    const text: Equal<typeof title, string> = true;
    yield command(`${name && labels && text}`, { argv: [title] });
    // @ts-expect-error no such variable
    yield command('x', { argv: [vars.label] });
  },
});
node({ labels: ['a'] });

// @ts-expect-error a need is a role, not its name
role({ name: 'x', vars: shared, needs: ['motd'], tasks: () => [] });
// @ts-expect-error what is used is computed by a function of the context
role({ name: 'x', vars: shared, uses: { title: 'text' }, tasks: () => [] });
// @ts-expect-error a part of variables is a schema of an object or fields
variables('clusterName');

export default playbook([
  play({
    name: 'databases',
    hosts: 'etcd:!old',
    roles: [etcd({ clientPort: 2379 })],
    serial: [1, '30%'],
  }),
  play({
    name: 'with variables',
    hosts: 'all',
    vars: z.strictObject({ release: z.string() }),
    *tasks({ vars }) {
      yield command(vars.release, { argv: ['true'] });
      yield motd;
      yield etcd({ clientPort: 2379 }, { as: 'second', tags: ['later'] }).on('etcd?');
    },
    strategy: 'free',
    become: true,
  }),
]);

// @ts-expect-error no such variable of the role
etcd({ clientport: 2379 });
// @ts-expect-error a variable of another type
etcd({ clientPort: '2379' });
// @ts-expect-error no such option
etcd({}, { alias: 'other' });
// @ts-expect-error on hosts that a pattern means
motd.on(['etcd']);
role({
  name: 'x',
  vars: z.strictObject({}),
  // @ts-expect-error a text is no step
  *tasks() {
    yield 'install';
  },
});
// @ts-expect-error a role has a schema, though it may be empty
role({ name: 'x', *tasks() {} });
role({
  name: 'x',
  vars: z.strictObject({}),
  // @ts-expect-error declaring does not wait
  async *tasks() {
    yield command('x', { argv: ['true'] });
  },
});
// @ts-expect-error a play has hosts
play({ name: 'x', roles: [motd] });
// @ts-expect-error no such strategy
play({ name: 'x', hosts: 'all', strategy: 'fast' });
// @ts-expect-error a part of the hosts is a percentage
play({ name: 'x', hosts: 'all', serial: '30' });
// @ts-expect-error roles are values
play({ name: 'x', hosts: 'all', roles: ['motd'] });
// @ts-expect-error a misspelt key
play({ name: 'x', hosts: 'all', role: [motd] });
// @ts-expect-error tasks are a function of the context
play({ name: 'x', hosts: 'all', tasks: [command('x', { argv: ['true'] })] });
// @ts-expect-error a playbook is a list of plays
playbook(play({ name: 'x', hosts: 'all' }));
// @ts-expect-error a role is no play
playbook([motd]);

const tuned = role({
  name: 'tuned',
  vars: z.strictObject({ size: z.int() }),
  gather: 'first',
  uses: { big: ({ facts, vars }) => facts.memory > vars.size },
  *tasks({ facts, big }) {
    const plain: Equal<typeof facts, Facts> = true;
    const used: Equal<typeof big, boolean> = true;
    yield command(`${plain && used} ${facts.kernel}`, { argv: ['true'] });
  },
});
play({
  name: 'behind facts',
  hosts: 'all',
  gather: 'first',
  vars: z.strictObject({ size: z.int() }),
  uses: { family: ({ facts }) => facts.os.family },
  roles: [tuned],
  *preTasks({ facts }) {
    yield command(facts.arch, { argv: ['true'] });
  },
  *tasks({ facts, family, vars }) {
    const plain: Equal<typeof facts, Facts> = true;
    const used: Equal<typeof family, Facts['os']['family']> = true;
    yield command(`${plain && used} ${vars.size}`, { argv: ['true'] });
  },
});
play({
  name: 'x',
  hosts: 'all',
  // @ts-expect-error no facts without gather: 'first'
  *tasks({ facts }) {
    yield command(String(facts), { argv: ['true'] });
  },
});
role({
  name: 'x',
  vars: z.strictObject({}),
  // @ts-expect-error no facts without gather: 'first', in a role neither
  *tasks({ facts }) {
    yield command(String(facts), { argv: ['true'] });
  },
});
play({
  name: 'x',
  hosts: 'all',
  uses: {
    // @ts-expect-error what is used has no facts either
    kernel: ({ facts }) => String(facts),
  },
});
// @ts-expect-error facts are gathered first, or with the first step
play({ name: 'x', hosts: 'all', gather: 'last' });

const listed = query('listed', { argv: ['ls'] });
each(
  'files',
  (run) => run.result(listed).stdoutLines,
  (path) => {
    const text: Equal<typeof path, string> = true;
    return [file(`${text}`, { path, state: 'absent' })];
  },
);
const users = [{ name: 'ada', id: 1 }] as const;
each(
  'users',
  () => users,
  ({ name }) => [command(name, { argv: ['id', name] })],
  { key: ({ name }) => name, invalidates: { readers: ['user'] }, tags: ['users'] },
);
each(
  'users',
  // @ts-expect-error an item that is no text or number has a key
  () => users,
  ({ name }) => [command(name, { argv: ['id', name] })],
);
// @ts-expect-error what is known before the run is looped over by `for`
each('users', ['ada'], () => []);
each(
  'users',
  () => ['ada'],
  // @ts-expect-error a text is no step
  (name) => [name],
);

const branches = { one: [command('x', { argv: ['true'] })], two: [] };
choose('by value', 'one', branches);
choose('in the run', (run) => run.facts.os.family, branches);
// @ts-expect-error a value is a text
choose('by value', 1, branches);
// @ts-expect-error a branch is a list of steps
choose('by value', 'one', { one: ['step'] });
