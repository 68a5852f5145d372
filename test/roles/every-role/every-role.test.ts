/**
 * Every shipped role with its defaults alone, and with every value that its schema offers. Nobody
 * adds a variable here: a schema that offers more is tried with more.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { role } from '../../../engine/dsl/declare.ts';
import type { Role } from '../../../engine/dsl/task.ts';
import { template } from '../../../engine/modules/files/template.ts';
import site from '../../../playbooks/site.ts';
import { pkiVariables } from '../../../roles/pki/index.ts';
import { newestMinor, oldestMinor } from '../../../kubernetes/versions/version.ts';
import { required } from './least.ts';
import { mistakesOf, onlyRole, refusedChoices, shippedRoles } from './tried.ts';

const shipped = await shippedRoles();

/** Variables of nearly all roles: site.ts tries each of their values for all roles at once. */
const shared = z.strictObject(pkiVariables.shape);
const outsideOfSite = ['verify', 'reset'];

function variablesOf({ name, definition }: Role): z.ZodObject {
  const variables = definition.vars as z.ZodObject;
  if (outsideOfSite.includes(name)) return variables;
  const own = Object.entries(variables.shape).filter(([each]) => !(each in shared.shape));
  return z.strictObject(Object.fromEntries(own));
}

describe.each(shipped.map((each) => [each.name, each] as const))('role %s', (name, each) => {
  const vars = required[name] ?? {};

  test('is planned and rendered with its defaults alone', async () => {
    expect(await mistakesOf(onlyRole(each), vars)).toBe('');
  });

  test('is planned and rendered with every value that it offers', async () => {
    expect(await refusedChoices(onlyRole(each), variablesOf(each), vars)).toEqual([]);
  });
});

describe('site.ts', () => {
  const balanced = {
    clusterEndpoint: { kind: 'vip', address: '10.9.0.1' },
    ...required['keepalived'],
  };

  test('is planned and rendered with every value that roles share', async () => {
    expect(await refusedChoices(site, shared, balanced)).toEqual([]);
  });

  const minors = Array.from({ length: newestMinor - oldestMinor + 1 }, (_, at) => oldestMinor + at);
  test.each(minors)('is planned and rendered for Kubernetes 1.%i', async (minor) => {
    expect(await mistakesOf(site, { kubernetesVersion: `1.${minor}.1` })).toBe('');
  });
});

describe('what this finds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-roles-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const src = join(folder, 'sample.hbs');
  writeFileSync(
    src,
    '{{#if loud}}{{shout}}{{/if}}{{#each list as |item|}}{{item}} {{voice}}{{/each}}',
  );
  const speaking = role({
    name: 'speaking',
    vars: z.strictObject({ mode: z.enum(['quiet', 'loud', 'lazy', 'broken']).default('quiet') }),
    *tasks({ vars: { mode } }) {
      const vars = { loud: false, shout: '', voice: 'low', list: [] };
      if (mode === 'quiet') yield template('said', { src, dest: '/said', vars });
      if (mode === 'loud') yield template('said', { src, dest: '/said', vars: { loud: true } });
      if (mode === 'lazy') {
        yield template('said', { src, dest: '/said', vars: () => ({ ...vars, list: ['a'] }) });
      }
      if (mode === 'broken') throw new RangeError('no such branch');
    },
  });

  test('a role that is right in all of it has no mistakes', async () => {
    expect(await mistakesOf(onlyRole(speaking), {})).toBe('');
  });

  test('names that a template does not know, also in lazy variables, and branches that throw', async () => {
    const refused = await refusedChoices(onlyRole(speaking), variablesOf(speaking), {});
    expect(refused).toEqual([
      expect.stringMatching(/^mode=loud: [^]*'shout' is used, but was not passed/),
      expect.stringMatching(/^mode=lazy: [^]*'voice' is used, but was not passed/),
      expect.stringMatching(/^mode=broken: [^]*no such branch/),
    ]);
  });
});
