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
  // Each goes in front of what is there, so the last one, which refuses, is asked first.
  for (const rule of await rules(lab)) {
    if ((await attempt(rule('-C'))).code !== 0) await demand(rule('-I'));
  }
}

/** Removes the lab's bridge and rules, and nobody else's. */
export async function closeNetwork(lab: LabPlan): Promise<void> {
  const { always, whereRefused } = allRules(lab);
  for (const rule of [...always, ...whereRefused]) {
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

type Rule = (verb: '-I' | '-C' | '-D') => string[];

/** Forwarding needs rules that allow it only where the controller refuses it by default. */
async function rules(lab: LabPlan): Promise<readonly Rule[]> {
  const { stdout } = await attempt(['iptables', '-S', 'FORWARD']);
  const { always, whereRefused } = allRules(lab);
  return stdout.startsWith('-P FORWARD ACCEPT') ? always : [...whereRefused, ...always];
}

function allRules(lab: LabPlan): {
  readonly always: readonly Rule[];
  readonly whereRefused: readonly Rule[];
} {
  const network = `${lab.subnet}.0/24`;
  const mark = ['-m', 'comment', '--comment', lab.bridge];
  const forward = (words: readonly string[], target: string): Rule => {
    return (verb) => ['iptables', '-w', verb, 'FORWARD', ...words, ...mark, '-j', target];
  };
  const out = ['-s', network, '!', '-d', network];
  const nat = ['iptables', '-w', '-t', 'nat'];
  const masquerade: Rule = (verb) =>
    nat.concat(verb, 'POSTROUTING', out, mark, ['-j', 'MASQUERADE']);
  // The controller forwards for its labs: its neighbours must not come in by the same way.
  const fromOutside = ['-o', lab.bridge, '!', '-i', lab.bridge];
  const isNew = ['-m', 'conntrack', '!', '--ctstate', 'ESTABLISHED,RELATED'];
  return {
    always: [masquerade, forward([...fromOutside, ...isNew], 'DROP')],
    whereRefused: [forward(['-i', lab.bridge], 'ACCEPT'), forward(['-o', lab.bridge], 'ACCEPT')],
  };
}
