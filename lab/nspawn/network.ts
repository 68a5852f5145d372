/** The network of a lab: a bridge of its own, and a way out through the controller. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PlayError } from '../../engine/errors.ts';
import type { LabPlace, Netem } from '../driver.ts';
import type { LabPlan } from '../plan.ts';
import { attempt, demand, tolerate } from '../program.ts';

const linksShape = z.array(
  z.object({
    ifname: z.string(),
    addr_info: z.array(z.object({ local: z.string().optional() })),
  }),
);

/** Makes the lab's bridge, address and rules, where they are not there already. */
export async function openNetwork(lab: LabPlace): Promise<void> {
  const mark = await readMark(lab.bridge);
  if (mark === undefined) await demand(['ip', 'link', 'add', lab.bridge, 'type', 'bridge']);
  if (!mark) await demand(['ip', 'link', 'set', lab.bridge, 'alias', markOf(lab.folder)]);
  await demand(['ip', 'address', 'replace', `${lab.subnet}.1/24`, 'dev', lab.bridge]);
  await demand(['ip', 'link', 'set', lab.bridge, 'up']);
  for (const rule of await rules(lab)) {
    if ((await attempt(rule('-C'))).code !== 0) await demand(rule('-A'));
  }
}

/** Removes the lab's bridge and rules, and nobody else's. */
export async function closeNetwork(lab: LabPlan): Promise<void> {
  for (const rule of allRules(lab)) {
    while ((await attempt(rule('-C'))).code === 0) await demand(rule('-D'));
  }
  await tolerate(['ip', 'link', 'delete', lab.bridge]);
}

/** Networks in use, by their first three numbers → the link's name; a bridge may be left out. */
export async function usedSubnets(bridge: string): Promise<Map<string, string>> {
  const links = linksShape.parse(JSON.parse(await demand(['ip', '-j', 'address', 'show'])));
  const used = new Map<string, string>();
  for (const link of links) {
    for (const { local = '' } of link.ifname === bridge ? [] : link.addr_info) {
      if (local.includes('.')) used.set(local.split('.').slice(0, 3).join('.'), link.ifname);
    }
  }
  return used;
}

/** What marks the lab's bridge: undefined where there is no bridge, empty where it has no mark. */
async function readMark(bridge: string): Promise<string | undefined> {
  const text = await readFile(`/sys/class/net/${bridge}/ifalias`, 'utf8').catch(() => undefined);
  return text?.trim();
}

/** The other lab that has a bridge of this lab's name, if any. */
export async function foreignOwner(
  lab: Pick<LabPlace, 'bridge' | 'folder'>,
): Promise<string | undefined> {
  return ownerBesides(await readMark(lab.bridge), lab.folder);
}

/**
 * Whose a bridge is, other than this lab's, by its mark. Without a mark it was left by a kill
 * between making and marking it, and belongs to whoever comes.
 */
export function ownerBesides(mark: string | undefined, folder: string): string | undefined {
  return mark === undefined || mark === '' || mark === markOf(folder) ? undefined : mark;
}

/** Cuts a host's link, or joins it again. */
export async function setLink(link: string, up: boolean): Promise<void> {
  await demand(['ip', 'link', 'set', link, up ? 'up' : 'down']);
}

/**
 * Adds latency and loss on the way to a host, or removes both.
 * @throws PlayError if the kernel cannot do it.
 */
export async function setNetem(link: string, netem: Netem): Promise<void> {
  const { delay = 0, loss = 0 } = netem;
  if (delay === 0 && loss === 0) {
    await tolerate(['tc', 'qdisc', 'delete', 'dev', link, 'root']);
    return;
  }
  const wanted = ['root', 'netem', 'delay', `${delay}ms`, 'loss', `${loss}%`];
  const { code, stderr } = await attempt(['tc', 'qdisc', 'replace', 'dev', link, ...wanted]);
  if (code === 0) return;
  const isAbsent = stderr.includes('qdisc kind is unknown');
  throw new PlayError(
    isAbsent ? 'this kernel has no netem: no latency on links' : `tc failed: ${stderr.trim()}`,
    { hint: isAbsent ? 'reach the host through `slowDoor`, which delays by itself' : undefined },
  );
}

function markOf(folder: string): string {
  return `tsplay ${folder}`;
}

type Rule = (verb: '-A' | '-C' | '-D') => string[];

/** Forwarding needs a rule of its own only where the controller refuses it by default. */
async function rules(lab: LabPlan): Promise<Rule[]> {
  const [masquerade, ...forward] = allRules(lab);
  const { stdout } = await attempt(['iptables', '-S', 'FORWARD']);
  const isRefused = !stdout.startsWith('-P FORWARD ACCEPT');
  return [masquerade, ...(isRefused ? forward : [])].filter((rule) => rule !== undefined);
}

function allRules(lab: LabPlan): Rule[] {
  const network = `${lab.subnet}.0/24`;
  const mark = ['-m', 'comment', '--comment', lab.bridge];
  return [
    (verb) =>
      [
        'iptables',
        '-w',
        '-t',
        'nat',
        verb,
        'POSTROUTING',
        '-s',
        network,
        '!',
        '-d',
        network,
      ].concat(mark, ['-j', 'MASQUERADE']),
    (verb) => ['iptables', '-w', verb, 'FORWARD', '-i', lab.bridge, ...mark, '-j', 'ACCEPT'],
    (verb) => ['iptables', '-w', verb, 'FORWARD', '-o', lab.bridge, ...mark, '-j', 'ACCEPT'],
  ];
}
