/** Constructors of plays, roles, blocks and handlers. They have no effects. */
import type { z } from 'zod';
import { PlaybookError } from '../errors.ts';
import { declare } from './collector.ts';
import { callerPlace } from './place.ts';
import type { AnyPlay, Play, PlayDefinition, Playbook } from './play.ts';
import type {
  AnyRole,
  Block,
  BlockOptions,
  BlockParts,
  Choose,
  Each,
  EachOptions,
  Flush,
  Gather,
  Handler,
  Lazy,
  Options,
  Role,
  RoleDefinition,
  RoleOptions,
  RoleValue,
  Run,
  Step,
  Task,
} from './task.ts';

/**
 * A role: a pure function from variables to steps, and a step itself. Its steps have its name as
 * their tag unless `tags` says otherwise, here or where it is used.
 * @param definition name, schema of the variables, and the steps
 * @returns a step; called with variables and options, the step with those
 * @example
 * export const motd = role({
 *   name: 'motd',
 *   vars: z.strictObject({ motdText: z.string().default('hello') }),
 *   *tasks({ vars }) {
 *     yield copy('message of the day', { dest: '/etc/motd', content: vars.motdText });
 *   },
 * });
 * export const greetings = play({
 *   name: 'greetings',
 *   hosts: 'all',
 *   *tasks() {
 *     yield motd;
 *     yield motd({ motdText: 'hi' }, { as: 'greeting' });
 *     yield motd.on('web:!old');
 *   },
 * });
 */
export function role<S extends z.ZodType, U = Record<never, never>, G extends Gather = undefined>(
  definition: RoleDefinition<S, U, G>,
): RoleValue<S> {
  const erased = definition as AnyRole;
  const value = (given: Partial<z.input<S>> = {}, options: RoleOptions = {}): Role =>
    declare(roleStep(erased, given as Readonly<Record<string, unknown>>, options));
  // A function's own name cannot be assigned to.
  Object.defineProperties(value, Object.getOwnPropertyDescriptors(roleStep(erased, {}, {})));
  return value as RoleValue<S>;
}

function roleStep(
  definition: AnyRole,
  given: Readonly<Record<string, unknown>>,
  { as = definition.name, ...options }: RoleOptions,
): Role {
  const { name, tags = [name] } = definition;
  return {
    kind: 'role',
    name,
    as,
    definition,
    given,
    options: { tags, ...options },
    hosts: undefined,
    from: undefined,
    at: callerPlace(),
    on(hosts) {
      return declare({ ...this, hosts, from: this, at: callerPlace() });
    },
  };
}

/**
 * One play: hosts, and what they should be.
 * @param definition pattern of the hosts, variables, roles and tasks, and how hosts go through them
 * @returns the play, for `playbook`; nothing runs yet
 * @example
 * export const web = play({
 *   name: 'web servers',
 *   hosts: 'web:!old',
 *   serial: '50%',
 *   become: true,
 *   *tasks() {
 *     yield pkg('nginx is installed', { name: 'nginx' });
 *   },
 * });
 */
export function play<
  S extends z.ZodType = z.ZodObject<Record<never, never>>,
  U = Record<never, never>,
  G extends Gather = undefined,
>(definition: PlayDefinition<S, U, G>): Play {
  return {
    kind: 'play',
    name: definition.name,
    definition: definition as AnyPlay,
    at: callerPlace(),
  };
}

/**
 * The default export of a playbook file.
 * @param plays run one after the other, in this order
 * @returns the plays as data; nothing runs yet
 * @example
 * const check = play({
 *   name: 'every host answers',
 *   hosts: 'all',
 *   *tasks() {
 *     yield command('uptime', { argv: ['uptime'] });
 *   },
 * });
 * export default playbook([check]);
 */
export function playbook(plays: readonly Play[]): Playbook {
  return { kind: 'playbook', plays };
}

/**
 * Steps that share options, with `rescue` when one fails and `always` in any case.
 * @param name what the block is called; unique within its role or play
 * @param parts `tasks`, and optionally `rescue` and `always`
 * @param options as of a task; they hold for all steps in it, and `rolling` for the block as a whole
 * @returns a step
 * @example
 * export const upgrade = block(
 *   'upgrade',
 *   {
 *     tasks: [command('migrate the data', { argv: ['app-migrate'] })],
 *     rescue: [command('restore the data', { argv: ['app-restore'] })],
 *     always: [file('no lock is left', { path: '/run/app.lock', state: 'absent' })],
 *   },
 *   { tags: ['upgrade'] },
 * );
 */
export function block(name: string, parts: BlockParts, options: BlockOptions = {}): Block {
  return declare({ kind: 'block', name, parts, options, at: callerPlace() });
}

/**
 * Steps that one host does for all: each runs once, there, and its result is every host's.
 * @param on the host, by name or as the run finds it
 * @param steps tasks, blocks and roles, in this order
 * @returns a step
 * @example
 * const version = query('version of the database', { argv: ['psql', '--version'] });
 * export const databases = play({
 *   name: 'databases',
 *   hosts: 'databases',
 *   *tasks() {
 *     yield once((run) => run.firstReachable('databases'), version);
 *     yield debug('version', { message: (run) => run.result(version).stdout });
 *   },
 * });
 */
export function once(on: Lazy<string>, ...steps: readonly Step[]): Block {
  return declare({
    kind: 'block',
    name: 'once',
    parts: { tasks: steps },
    options: { runOnce: true, on },
    at: callerPlace(),
  });
}

/**
 * A task or block that runs once per host, later, if something notified it.
 * @param step it gives the handler its name
 * @returns for `notify` of tasks and blocks; it is not yielded
 * @example
 * const restart = handler(systemd('restart etcd', { unit: 'etcd', state: 'restarted' }));
 * export const configuration = template(
 *   'configuration of etcd',
 *   { src: 'etcd.conf.hbs', dest: '/etc/etcd.conf' },
 *   { notify: restart },
 * );
 */
export function handler(step: Task<unknown> | Block): Handler {
  return declare({ kind: 'handler', name: step.name, step, at: callerPlace() });
}

/**
 * Notified handlers run here rather than at the end of the play.
 * @param name what the step is called; unique within its role or play
 * @returns a step
 * @example
 * const restart = handler(systemd('restart web', { unit: 'web', state: 'restarted' }));
 * export const web = play({
 *   name: 'web',
 *   hosts: 'web',
 *   *tasks() {
 *     yield copy('settings', { dest: '/etc/web.conf', content: 'port 80' }, { notify: restart });
 *     yield flushHandlers();
 *     yield waitFor('web listens', { port: 80 });
 *   },
 * });
 */
export function flushHandlers(name = 'flush handlers'): Flush {
  return declare({ kind: 'flush', name, at: callerPlace(), options: {} });
}

/**
 * Branches on a value. With a plain value only its branch is collected and listed. With a function
 * of the run, for what only the host knows, all branches are listed and one runs.
 * @param name what the step is called; unique within its role or play
 * @param pick the branch's key, or a function that gives it. A plain value that is no branch is
 * refused, one that a function gives skips all; `default` catches the rest
 * @param branches lists of steps by key
 * @param options as of a block; they hold for the steps of all branches
 * @returns a step
 * @throws PlaybookError when there are no branches
 * @example
 * export const firewall = choose('firewall', (run) => run.facts.os.family, {
 *   debian: [pkg('nftables is installed', { name: 'nftables' })],
 *   redhat: [pkg('iptables is installed', { name: 'iptables-services' })],
 *   default: [fail('unknown system', { message: 'no firewall for this system' })],
 * });
 * export const runtime = (vars: { readonly runtime: 'docker' | 'podman' }) =>
 *   choose('runtime', vars.runtime, {
 *     docker: [pkg('docker is installed', { name: 'docker.io' })],
 *     podman: [pkg('podman is installed', { name: 'podman' })],
 *   });
 */
export function choose(
  name: string,
  pick: Lazy<string>,
  branches: Readonly<Record<string, Iterable<Step>>>,
  options: Options = {},
): Choose {
  const at = callerPlace();
  if (Object.keys(branches).length === 0)
    throw new PlaybookError(`'${name}' has no branches`, { at });
  const taken = typeof pick === 'string' && !Object.hasOwn(branches, pick) ? 'default' : pick;
  const lists = Object.entries(branches).map(([key, steps]) => {
    const isRead = typeof pick !== 'string' || key === taken || Array.isArray(steps);
    // A generator that nobody chose makes nothing.
    return [key, isRead ? [...steps] : []] as const;
  });
  return declare({ kind: 'choose', name, pick, branches: Object.fromEntries(lists), options, at });
}

/**
 * Steps for each item that the run finds: the answer to a query, facts. They are made at the
 * step's turn; before it `--list-tasks` lists the `each` as one step, and so does a check that
 * does not know the items, as unknown.
 * @param name what the step is called; unique within its role or play
 * @param items a function of the run; it may be called many times
 * @param steps the steps of one item; their ids hold its key, so their names need not
 * @param options as of a block, and `key`, which names an item. Default: the item itself, a text or
 * a number
 * @returns a step
 * @example
 * const listed = query('accounts of the application', { argv: ['app', 'accounts'] });
 * export const accounts = each(
 *   'accounts',
 *   (run) => run.result(listed).stdout.split('\n'),
 *   function* (name) {
 *     yield user('the account is there', { name });
 *     yield file('its folder is there', { path: `/srv/${name}`, state: 'directory', owner: name });
 *   },
 * );
 */
export function each<T extends string | number>(
  name: string,
  items: (run: Run) => Iterable<T>,
  steps: (item: T) => Iterable<Step>,
  options?: EachOptions & { readonly key?: (item: T) => string },
): Each;
export function each<T>(
  name: string,
  items: (run: Run) => Iterable<T>,
  steps: (item: T) => Iterable<Step>,
  options: EachOptions & { readonly key: (item: T) => string },
): Each;
export function each<T>(
  name: string,
  items: (run: Run) => Iterable<T>,
  steps: (item: T) => Iterable<Step>,
  { key, ...options }: EachOptions & { readonly key?: (item: T) => string } = {},
): Each {
  return declare({
    kind: 'each',
    name,
    items,
    key: key as Each['key'],
    steps: steps as Each['steps'],
    options,
    at: callerPlace(),
  });
}
