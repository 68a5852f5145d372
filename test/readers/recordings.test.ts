/**
 * What every reader makes of what real hosts printed: test/fixtures/readers, written by
 * `npm run record` and never by hand. Each table states what is expected beside what is asked.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { recorded, recordingNamed } from './recorded.ts';
import { recordings } from './recordings/index.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fixtures = at('../fixtures/readers');
const readers = at('../../engine/readers');

/** Texts may be given as patterns, lists whose order is chance as sets. */
function matching(expected: unknown): unknown {
  if (expected instanceof RegExp) return expect.stringMatching(expected);
  if (expected instanceof Set) {
    const all = [...expected].map((each) => expect.objectContaining(matching(each) as object));
    return expect.arrayContaining(all);
  }
  if (expected instanceof Uint8Array || typeof expected !== 'object' || expected === null) {
    return expected;
  }
  if (Array.isArray(expected)) return expected.map(matching);
  return Object.fromEntries(Object.entries(expected).map(([name, of]) => [name, matching(of)]));
}

describe.each(recordings)('$name', ({ name, reader, cases }) => {
  const keys = JSON.parse(JSON.stringify(cases.map(({ key }) => key))) as unknown;

  test('is of these keys; else `npm run record` makes it anew', () => {
    const recording = recordingNamed(name);
    expect([recording.reader, recording.keys]).toEqual([reader.name, keys]);
  });

  test.each(cases.map(({ key, expected }, index) => ({ key, expected, index })))(
    '$key',
    ({ expected, index }) => {
      const answers = recorded(reader, name).map(({ answer }) => answer);
      expect(answers[index]).toMatchObject(matching(expected) as object);
    },
  );
});

test('every recording is in a table', () => {
  const files = readdirSync(fixtures).toSorted();
  expect(files).toEqual(recordings.map(({ name }) => `${name}.json`).toSorted());
});

test('every reader is recorded', async () => {
  const names = new Set<string>();
  for (const file of readdirSync(readers, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const exported: Readonly<Record<string, unknown>> = await import(join(readers, file));
    for (const each of Object.values(exported)) {
      if (typeof each !== 'function' || !('definition' in each)) continue;
      names.add((each.definition as { name: string }).name);
    }
  }
  const asked = new Set(recordings.map(({ reader }) => reader.name));
  expect([...names].filter((name) => !asked.has(name))).toEqual([]);
  expect(names.size).toBeGreaterThan(30);
});
