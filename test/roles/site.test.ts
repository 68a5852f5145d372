/** The shipped playbook on the shipped inventories. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { formatError } from '../../engine/errors.ts';
import { readInventory } from '../../engine/inventory/read.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { tasksOf, type PlayPlan } from '../../engine/plan/nodes.ts';
import site from '../../playbooks/site.ts';
import { writeLock } from '../../kubernetes/release/lock.ts';

const shipped = fileURLToPath(new URL('../../inventories', import.meta.url));

/** Plans site.ts on an inventory, edited before. */
async function planned(name: string, edit = (text: string) => text): Promise<readonly PlayPlan[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(shipped, folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
  const inventory = await readInventory({ files: [file] });
  return collectPlaybook(site, inventory, { variables: variableValidator(inventory) });
}

describe('lab.yaml', () => {
  const name = 'lab.yaml';
  test('has what every role needs', async () => {
    const plans = await planned(name);
    const busy = plans.map(({ hosts }) =>
      hosts.filter(({ nodes }) => [...tasksOf(nodes)].length > 0),
    );
    expect(busy.map(({ length }) => length).filter(Boolean)).toEqual([3, 3, 3, 3]);
    const roles = plans.flatMap((plan) =>
      plan.hosts.flatMap((host) => [...tasksOf(host.nodes)].map((node) => node.role)),
    );
    expect(new Set(roles)).toEqual(
      new Set(['common', 'time', 'etcd', 'haproxy', 'keepalived', undefined]),
    );
  });

  test('no step runs a command: there is a module for everything', async () => {
    const steps = (await planned(name)).flatMap((plan) =>
      plan.hosts.flatMap((host) => [
        ...tasksOf(host.nodes),
        ...tasksOf(host.handlers.map((each) => each.node)),
      ]),
    );
    const commands = steps.filter(({ task }) =>
      ['command', 'shell', 'script'].includes(task.module.name),
    );
    expect(steps.length).toBeGreaterThan(60);
    expect(commands).toEqual([]);
  });
});

describe('prod.yaml', () => {
  test('makes a cluster of Kubernetes: every role has what it needs', async () => {
    const plans = await planned('prod.yaml');
    const steps = plans.flatMap((plan) => plan.hosts.flatMap((host) => [...tasksOf(host.nodes)]));
    const roles = new Set(steps.map(({ role }) => role));
    for (const role of ['preflight', 'etcd', 'haproxy', 'keepalived', 'master', 'node', 'cni']) {
      expect(roles).toContain(role);
    }
  });

  test('at most one step in twenty runs a command', async () => {
    const plans = await planned('prod.yaml');
    const steps = plans.flatMap((plan) => plan.hosts.flatMap((host) => [...tasksOf(host.nodes)]));
    const commands = steps.filter(({ task }) =>
      ['command', 'shell', 'script'].includes(task.module.name),
    );
    expect(steps.length).toBeGreaterThan(300);
    expect(commands.length / steps.length).toBeLessThanOrEqual(1 / 20);
  });

  test('what is commented out in it is right too', async () => {
    vi.stubEnv('PROD_BECOME_PASSWORD', 'a password');
    vi.stubEnv('HAPROXY_STATS_PASSWORD', 'longer-than-8');
    vi.stubEnv('VRRP_PASSWORD', 'eight888');
    onTestFinished(() => void vi.unstubAllEnvs());
    const bundle = mkdtempSync(join(tmpdir(), 'tsplay-site-'));
    onTestFinished(() => rmSync(bundle, { recursive: true }));
    await writeLock(bundle, { kubernetes: '1.20.2', archives: [] });
    const examples = commentedOut(readFileSync(join(shipped, 'prod.yaml'), 'utf8'));
    expect(examples.length).toBeGreaterThan(15);
    for (const { example, text } of examples) {
      const plans = await planned('prod.yaml', () =>
        text.replace('bundle: bundle', `bundle: ${bundle}`),
      ).catch((error: unknown) => {
        throw new Error(`${example}\n${formatError(error)}`);
      });
      expect(plans.length).toBeGreaterThan(5);
    }
  });
});

/** The text with each of its examples in force, in place of what it is an alternative to. */
function commentedOut(text: string) {
  const examples = text.matchAll(/^( *)# ([a-z]\w*):(?: \S.*)?\n(?:\1# {2,}.*\n)*/gm);
  return [...examples].map(([whole, indent = '', key = '']) => {
    const example = whole.replaceAll(`${indent}# `, indent);
    const others = text.replace(new RegExp(`^${indent}${key}:.*\\n`, 'm'), '');
    return { example, text: others.replace(whole, example) };
  });
}

test.each([
  [
    'a number for a text',
    'host: 10.20.0.12 }',
    'host: 10.20.0.12, etcdDataDir: 5 }',
    /prod\.yaml:\d+:\d+ .*etcdDataDir.*expected string/,
  ],
  [
    "a host's address as the shared one",
    'address: 10.20.0.100, port: 8443 }',
    'address: 10.20.0.11, port: 8443 }',
    /the shared address 10\.20\.0\.11 is the address of core1/,
  ],
  [
    'two members of one address',
    'host: 10.20.0.12 }',
    'host: 10.20.0.12, ip: 10.20.0.11 }',
    /core1 and core2 have the same address/,
  ],
])('%s in prod.yaml is refused before connecting', async (_, before, after, said) => {
  const refused = planned('prod.yaml', (text) => {
    expect(text).toContain(before);
    return text.replace(before, after);
  });
  await expect(
    refused.catch((error: unknown) => Promise.reject(new Error(formatError(error)))),
  ).rejects.toThrow(said);
});
