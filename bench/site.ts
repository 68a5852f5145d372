/** `site.ts` from bare hosts to a cluster that answers: where its time goes, by role. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { down, up } from '../lab/index.ts';
import { measured } from './program.ts';

export interface SiteShare {
  /** A role, or what begins and ends the run. */
  readonly role: string;
  readonly steps: number;
  /** Seconds. */
  readonly seconds: number;
  /** Of these, in steps of packages and services: downloads, and programs that start. */
  readonly others: number;
}

export interface SiteRun {
  readonly wall: number;
  readonly shares: readonly SiteShare[];
}

interface StepEnd {
  readonly event: string;
  readonly time: number;
  readonly step: { readonly id: string; readonly module: string };
}

const root = fileURLToPath(new URL('..', import.meta.url));
const lab = 'site';
const subnet = '10.99.47';
const waitsForOthers = new Set([
  'apt',
  'systemd',
  'service',
  'query',
  'waitFor',
  'http',
  'command',
]);

/** Brings up three hosts of its own, runs the shipped playbook with the shipped inventory, ends them. */
export async function measureSite(say: (line: string) => void): Promise<SiteRun> {
  const hosts = await up({ name: lab, prefix: 'site', count: 3, subnet, say });
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-bench-site-'));
  try {
    await cp(join(root, 'inventories'), join(folder, 'inventories'), { recursive: true });
    await mkdir(join(folder, 'node_modules'));
    await symlink(root, join(folder, 'node_modules', 'tsplay'));
    const shipped = await readFile(join(folder, 'inventories', 'lab.yaml'), 'utf8');
    const inventory = shipped
      .replaceAll('10.99.0.', `${subnet}.`)
      .replaceAll(/\bnode(\d)/g, 'site$1')
      .replaceAll('/var/tmp/tsplay-lab/labs/lab/', `${hosts.folder}/`);
    await writeFile(join(folder, 'inventories', 'lab.yaml'), inventory);
    const argv = ['node', join(root, 'bin', 'play.js'), join(root, 'playbooks', 'site.ts')];
    const started = Date.now();
    const { stdout, wall } = await measured({
      argv: [...argv, '-i', 'inventories/lab.yaml', '--output', 'json'],
      directory: folder,
    });
    say(`site.ts from bare: ${wall.toFixed(1)} s`);
    return { wall, shares: sharesOf(stdout, started, wall) };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await down({ name: lab, say });
  }
}

/** The time between the ends of two steps, each on its last host, belongs to the second. */
function sharesOf(stdout: string, started: number, wall: number): readonly SiteShare[] {
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StepEnd);
  const last = new Map<string, StepEnd>();
  for (const each of events) if (each.event === 'step-end') last.set(each.step.id, each);
  const ordered = [...last.values()].toSorted((a, b) => a.time - b.time);
  const shares = new Map<string, SiteShare>();
  const add = (role: string, seconds: number, isOther: boolean): void => {
    const sum = shares.get(role) ?? { role, steps: 0, seconds: 0, others: 0 };
    const others = sum.others + (isOther ? seconds : 0);
    shares.set(role, { role, steps: sum.steps + 1, seconds: sum.seconds + seconds, others });
  };
  let before = started;
  for (const { step, time } of ordered) {
    const seconds = (time - before) / 1000;
    if (before === started) add('start, connections, first reads', seconds, false);
    else add(step.id.split('/').slice(0, 2).join('/'), seconds, waitsForOthers.has(step.module));
    before = time;
  }
  add('end', wall - (before - started) / 1000, false);
  return [...shares.values()].toSorted((a, b) => b.seconds - a.seconds);
}
