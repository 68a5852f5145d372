/** What the package exports is explained where it is declared, as editors show it. */
import { describe, expect, test } from 'vitest';
import * as tsplay from 'tsplay';
import * as kubernetes from 'tsplay/kubernetes';
import * as testing from 'tsplay/testing';
import { entries, exportsOf, type PublicExport } from './public-exports.ts';

const values: Readonly<Record<string, object>> = {
  tsplay,
  'tsplay/kubernetes': kubernetes,
  'tsplay/testing': testing,
};

/** The value of `readers.file`; undefined for types. */
const valueOf = (entry: string, name: string): unknown =>
  name
    .split('.')
    .reduce<unknown>(
      (from, part) => (from as Readonly<Record<string, unknown>> | undefined)?.[part],
      values[entry],
    );

/** Modules have a page each, and their example is an argument of `defineModule`. */
const isModule = (value: unknown): boolean =>
  typeof value === 'function' &&
  'definition' in value &&
  typeof value.definition === 'object' &&
  value.definition !== null &&
  'plan' in value.definition;

describe.each(Object.keys(entries))('%s', (entry) => {
  const all = exportsOf(entry).map((each) => ({ ...each, value: valueOf(entry, each.name) }));
  const documented = all.filter(({ value }) => !isModule(value));

  test('every name that can be imported is found', () => {
    const found = new Set(all.map(({ name }) => name.split('.')[0]));
    const missing = Object.keys(values[entry] ?? {}).filter((name) => !found.has(name));
    expect(missing).toEqual(entry === 'tsplay' ? ['z'] : []);
    expect(all.filter(({ isType, value }) => isType !== (value === undefined))).toEqual([]);
  });

  test('every export has a doc comment', () => {
    expect(documented.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
  });

  const callable = documented.filter(({ value }) => typeof value === 'function');

  test('every function and class has an example', () => {
    expect(callable.length).toBeGreaterThan(0);
    expect(lacking(callable, '@example')).toEqual([]);
  });

  test('every function says what it returns', () => {
    const giving = callable.filter(({ name, returnsNothing }) => !isClass(name) && !returnsNothing);
    expect(lacking(giving, '@returns')).toEqual([]);
  });
});

const isClass = (name: string): boolean => /(?:^|\.)[A-Z]\w*$/.test(name);

const lacking = (from: readonly PublicExport[], tag: string): readonly string[] =>
  from.filter(({ doc }) => !doc.includes(tag)).map(({ name }) => name);
