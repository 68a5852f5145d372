/**
 * Whether a play keeps its meaning where its hosts are shared among several runs. Told from what is
 * collected of all hosts; reads that a function does only behind a fact or a result stay hidden
 * here, and fail in the run (rule 44, parts).
 */
import type { Place } from '../../errors.ts';
import {
  blocksOf,
  takesPart,
  tasksOf,
  type HostPlan,
  type Node,
  type PlayPlan,
  type TaskNode,
} from '../nodes.ts';
import { othersRead } from '../result-reads.ts';

/** Why a play is for one run alone. */
export interface Reason {
  readonly at: Place;
  /** Follows the play's name: `it has serial`, `'restart' has throttle`. */
  readonly text: string;
}

/**
 * @param plan with all hosts, and the steps that run selected
 * @param controllers names of hosts that are the machine of the run itself
 * @returns the first reason of each kind; none where the play means the same in parts
 */
export function whyAllHosts(plan: PlayPlan, controllers: ReadonlySet<string>): readonly Reason[] {
  const reasons = new Map<string, Reason>();
  const note = (kind: string, at: Place, text: string): void => {
    if (!reasons.has(kind)) reasons.set(kind, { at, text });
  };
  const busy = plan.hosts.filter((each) => takesPart(each, plan.play));
  if (busy.length + plan.addedBy.length > 0) noteOfPlay(plan, busy, controllers, note);
  for (const host of busy) {
    for (const node of stepsOf(host)) noteOfStep(node, host.host, controllers, note);
    for (const block of blocksOf(partsOf(host))) {
      if (![...tasksOf([block])].some(({ selected }) => selected)) continue;
      const held = block.rolling
        ? 'rolling'
        : block.throttle === undefined
          ? undefined
          : 'throttle';
      if (held !== undefined) note(held, block.at, `'${block.name}' has ${held}`);
    }
  }
  return [...reasons.values()];
}

/** The selected steps of a host and those of its handlers. */
export function stepsOf({ nodes, handlers }: HostPlan): readonly TaskNode[] {
  return [
    ...[...tasksOf(nodes)].filter(({ selected }) => selected),
    ...tasksOf(handlers.map(({ node }) => node)),
  ];
}

const partsOf = ({ nodes, handlers }: HostPlan): readonly Node[] => [
  ...nodes,
  ...handlers.map(({ node }) => node),
];

type Note = (kind: string, at: Place, text: string) => void;

function noteOfPlay(
  { play, addedBy }: PlayPlan,
  hosts: readonly HostPlan[],
  controllers: ReadonlySet<string>,
  note: Note,
): void {
  const { serial, maxFailPercentage = 100, anyErrorsFatal } = play.definition;
  if (serial !== undefined) note('serial', play.at, 'it has serial');
  if (maxFailPercentage < 100) note('failures', play.at, 'it has maxFailPercentage');
  if (anyErrorsFatal) note('fatal', play.at, 'it has anyErrorsFatal');
  const [adding] = addedBy;
  if (adding !== undefined) note('added', play.at, `it may have hosts that '${adding}' adds`);
  if (hosts.some((host) => host.awaitsFacts)) {
    note('facts', play.at, "it has steps that only facts tell (gather: 'first')");
  }
  const own = hosts.find(({ host }) => controllers.has(host));
  if (own)
    note(
      'controller',
      play.at,
      `it is for ${own.host}, which in each part is a machine of its own`,
    );
}

function noteOfStep(
  { task, options, each }: TaskNode,
  host: string,
  controllers: ReadonlySet<string>,
  note: Note,
): void {
  const say = (kind: string, text: string): void => note(kind, task.at, `'${task.name}' ${text}`);
  const { module } = task;
  const { on } = options;
  if (options.runOnce !== false) say('runOnce', 'has runOnce');
  if (options.throttle !== undefined) say('throttle', 'has throttle');
  if (each) say('each', 'has steps that only the run tells (each)');
  if (module.adds) say('adds', 'adds to the inventory of later plays');
  if (module.ends === 'batch' || module.ends === 'play') say('ends', 'ends the play for all hosts');
  if (module.resultIsLocal) say('files', `is ${module.name}, whose work stays on the controller`);
  const [other] = othersRead({ task, options }, host);
  if (other !== undefined) say('reads', `reads what ${other} says or did`);
  const asksFromHere = typeof on === 'string' && controllers.has(on) && module.onlyAsks === true;
  if (on !== undefined && on !== host && !asksFromHere) say('on', 'is done on another host (on)');
}
