import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as tsplay from '../engine/index.ts';

const exported: Readonly<Record<string, unknown>> = tsplay;

test('besides modules, which have a page each, the public API is this and no more', () => {
  const names = Object.entries(exported)
    .filter(([, value]) => !(typeof value === 'function' && 'definition' in value))
    .map(([name]) => name);
  expect(names.toSorted()).toMatchInlineSnapshot(`
    [
      "ManyErrors",
      "PlayError",
      "PlaybookError",
      "Secret",
      "StepError",
      "UsageError",
      "absent",
      "action",
      "block",
      "byScript",
      "change",
      "choose",
      "contentOf",
      "defineCommand",
      "defineModule",
      "defineReader",
      "denied",
      "derivedSecret",
      "each",
      "fileContent",
      "filesFrom",
      "flushHandlers",
      "formatError",
      "handler",
      "invalidatesNothing",
      "isSecret",
      "joinScripts",
      "once",
      "openStore",
      "play",
      "playbook",
      "predict",
      "quote",
      "rawScript",
      "readTar",
      "readers",
      "role",
      "same",
      "secret",
      "secretText",
      "secretTextThat",
      "service",
      "sh",
      "text",
      "toolkit",
      "unpredictable",
      "value",
      "variables",
      "z",
    ]
  `);
});

test('the version of the package has an entry in the changelog', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const { version } = JSON.parse(read('../package.json')) as { version: string };
  expect(read('../CHANGELOG.md')).toContain(`## [${version}]`);
});

test('dependencies are few and exact versions', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(13);
});
