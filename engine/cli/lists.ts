/** `--list-hosts`, `--list-tasks`, `--list-tags`: what would run, without connecting anywhere. */
import type { PlayPlan, TaskNode } from '../plan/nodes.ts';
import { awaitsFacts, takesPart, tasksOf } from '../plan/nodes.ts';

export interface ListedTask {
  readonly name: string;
  readonly role: string | undefined;
  /** Pattern that its role is `on`. */
  readonly on: string | undefined;
  readonly module: string;
  readonly tags: readonly string[];
  /** Hosts that have it. */
  readonly hosts: readonly string[];
}

export interface ListedPlay {
  readonly play: string;
  readonly pattern: string;
  readonly hosts: readonly string[];
  readonly tasks: readonly ListedTask[];
  readonly tags: readonly string[];
  /** Tasks of earlier plays that may add hosts to it while the run goes on. */
  readonly addedBy: readonly string[];
  /** Some tasks depend on facts of its hosts: they are known when it starts, and not listed. */
  readonly awaitsFacts: boolean;
}

export interface Lists {
  readonly hosts: boolean;
  readonly tasks: boolean;
  readonly tags: boolean;
}

/** The selected tasks of each play, in the order in which they run; plays without a host are not. */
export function listPlays(plans: readonly PlayPlan[]): readonly ListedPlay[] {
  return plans.map(listed).filter(({ hosts, addedBy }) => hosts.length + addedBy.length > 0);
}

function listed(plan: PlayPlan): ListedPlay {
  const { play, hosts: all, order, addedBy } = plan;
  const hosts = all.filter((host) => takesPart(host, play));
  const found = new Map<string, { node: TaskNode; hosts: string[] }>();
  for (const host of hosts) {
    for (const node of tasksOf(host.nodes)) {
      if (!node.selected) continue;
      const entry = found.get(node.id) ?? { node, hosts: [] };
      entry.hosts.push(host.host);
      found.set(node.id, entry);
    }
  }
  const place = new Map(order.map((id, index) => [id, index]));
  const tasks = [...found.values()]
    .toSorted((a, b) => (place.get(a.node.id) ?? 0) - (place.get(b.node.id) ?? 0))
    .map(({ node, hosts: names }) => ({
      name: node.task.name,
      role: node.role,
      on: node.roleHosts,
      module: node.task.module.name,
      tags: node.options.tags.toSorted(),
      hosts: names,
    }));
  return {
    play: play.name,
    pattern: play.definition.hosts,
    hosts: hosts.map(({ host }) => host),
    tasks,
    tags: [...new Set(tasks.flatMap(({ tags }) => tags))].toSorted(),
    addedBy,
    awaitsFacts: awaitsFacts(plan),
  };
}

/** The lists for people. */
export function listText(playbook: string, plays: readonly ListedPlay[], lists: Lists): string {
  const lines = [`playbook: ${playbook}`];
  plays.forEach((play, index) => {
    lines.push('', `  play #${index + 1} (${play.pattern}): ${play.play}`);
    if (lists.hosts) {
      lines.push(`    hosts (${play.hosts.length}):`, ...play.hosts.map((host) => `      ${host}`));
    }
    if (lists.tasks) lines.push('    tasks:', ...play.tasks.map((task) => taskLine(task, play)));
    if (play.addedBy.length > 0) lines.push(`    ${comingText(play)}`);
    if (play.awaitsFacts) lines.push(`    ${factsText(lists)}`);
    if (lists.tags)
      lines.push(`    tags: ${play.tags.length > 0 ? play.tags.join(', ') : '(none)'}`);
  });
  return lines.join('\n');
}

function comingText({ hosts, addedBy }: ListedPlay): string {
  const adding = addedBy.map((name) => `'${name}'`).join(', ');
  const tasks = hosts.length === 0 ? '; its tasks are known then' : '';
  return `hosts may be added when it starts, by ${adding}${tasks}`;
}

function factsText({ tasks, tags }: Lists): string {
  const what = tasks
    ? 'further tasks depend'
    : tags
      ? 'tags of further tasks depend'
      : 'who takes part depends';
  return `${what} on facts, which its hosts tell when it starts`;
}

function taskLine(task: ListedTask, play: ListedPlay): string {
  const name = task.role === undefined ? task.name : `${task.role} : ${task.name}`;
  const tags = task.tags.length > 0 ? `  [${task.tags.join(', ')}]` : '';
  const some = task.hosts.length < play.hosts.length ? task.hosts.join(', ') : '';
  const who = [task.on === undefined ? '' : `on ${task.on}`, some].filter(Boolean).join(': ');
  const items = task.module === 'each' ? '  steps for each item that it finds' : '';
  return `      ${name}${tags}${who === '' ? '' : `  (${who})`}${items}`;
}
