/** What docs/kubernetes.md names is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fieldsOf } from '../../engine/cli/doc/documentation.ts';
import { clusterVariables } from '../../roles/cluster/index.ts';
import { documentedRoles, variablesPage } from '../../scripts/variables-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/kubernetes.md'), 'utf8');
const variables = new Set(
  documentedRoles.flatMap(({ definition }) =>
    fieldsOf(definition.vars).flatMap(({ name }) => (name.includes('.') ? [] : [name])),
  ),
);

test('every variable that it names is one of a role', () => {
  const prefixes = [...variables].map((name) => /^[a-z]+/.exec(name)?.[0] ?? '');
  const named = [...page.matchAll(/`([a-z]+[A-Z]\w+)(?::[^`]*)?`/g)].map(([, name = '']) => name);
  const meant = named.filter((name) =>
    prefixes.some((prefix) => name.startsWith(prefix) && name !== 'etcdMember'),
  );
  expect(meant.length).toBeGreaterThan(15);
  expect(meant.filter((name) => !variables.has(name) && name !== 'kubernetesVersion')).toEqual([]);
});

test('its links lead somewhere', () => {
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([]);
});

test('the page of variables has each once', () => {
  const rows = [...variablesPage().matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name = '']) => name);
  expect(new Set(rows).size).toBe(rows.length);
  expect(clusterVariables.keyof().options.filter((name) => !rows.includes(name))).toEqual([]);
  const missing = [...variables].filter((name) => !rows.includes(name));
  expect(missing).toEqual([]);
});
