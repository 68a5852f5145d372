import { describe, expect, it, test } from 'vitest';
import { Brought, type Lesson } from '../../../engine/module/brought.ts';
import { absent, defineReader, value, type Answer } from '../../../engine/module/reader.ts';
import { BroughtState } from '../../../engine/run/state/brought-state.ts';

const parse = () => [];
/** Says what it is told of packages: `comes` is there, `doubt` nobody knows, the rest stays. */
const answer = (key: string, brought: Brought, now: Answer<string>) => {
  if (key.endsWith('uncertainBecause')) return 'unknown';
  return key.endsWith('comes')
    ? value(`${now.answer}, then of ${brought.from.join()}`)
    : 'unchanged';
};
const file = defineReader<string, string>({
  name: 'file',
  script: () => '',
  parse,
  brought: { path: (key) => key, answer },
});
const unit = defineReader<string, string>({
  name: 'unit',
  script: () => '',
  parse,
  brought: { answer },
});
const plain = defineReader<string, string>({ name: 'plain', script: () => '', parse });

const lesson = (from: string): Lesson => ({
  packages: [{ name: 'nginx', version: '1', arch: 'all' }],
  from,
  roots: {},
  files: {},
  units: {},
  users: {},
  groups: {},
});
const packagesOf = (from: string): Brought => new Brought([lesson(from)], new Set(['nginx']));
const unknown = (because: string) => ({ answer: 'unknown', because }) as const;

describe('what planned packages bring', () => {
  it('is nothing to what no package can bring, and nothing where none comes', () => {
    const state = new BroughtState();
    expect(state.over(file('/comes'), absent)).toBe(absent);
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(plain('/comes'), absent)).toBe(absent);
  });

  it('does not answer for a host that is still to be asked', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(file('/comes'), undefined)).toBeUndefined();
  });

  test.each<[string, ReturnType<typeof file>, Answer<string>, unknown]>([
    ['is there', file('/comes'), absent, value('absent, then of web')],
    ['is put over what is there', file('/comes'), value('old'), value('value, then of web')],
    ['is unknown where nobody knows', file('/uncertainBecause'), absent, unknown("'install'")],
    ['leaves the rest as it is', file('/rest'), value('old'), value('old')],
    ['leaves what is absent so', unit('rest'), absent, absent],
  ])('%s', (_, read, now, expected) => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(read, now)).toEqual(expected);
  });

  it('is told of the last packages that bring it', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    state.comes(packagesOf('db'), "'upgrade'");
    expect(state.over(file('/comes'), absent)).toEqual(value('absent, then of db'));
  });

  it('is the same answer when it is asked again, and another once more is planned', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    const first = state.over(file('/comes'), absent);
    expect(state.over(file('/comes'), absent)).toBe(first);
    expect(state.over(file('/comes'), value('old'))).toEqual(value('value, then of web'));
    state.comes(packagesOf('db'), "'upgrade'");
    expect(state.over(file('/comes'), absent)).toEqual(value('absent, then of db'));
  });

  it('is the same of what is unknown for the same reason, whoever says so', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    const first = state.over(unit('comes'), unknown("'one'"));
    expect(state.over(unit('comes'), unknown("'one'"))).toBe(first);
    expect(state.over(unit('comes'), unknown("'two'"))).not.toBe(first);
    expect(state.over(unit('comes'), absent)).not.toBe(first);
  });

  it('is the same of what is unknown for the same reason alone', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(unit('rest'), unknown("'one'"))).toEqual(unknown("'one'"));
    expect(state.over(unit('rest'), unknown("'two'"))).toEqual(unknown("'two'"));
  });
});

describe('behind packages of which nobody knows what they bring', () => {
  const invalidates = { paths: ['/etc/', '/usr/'], anything: true } as const;

  test.each<[string, ReturnType<typeof file>, unknown]>([
    ['what lies below their folders is unknown', file('/etc/a'), unknown("'install'")],
    ['what lies elsewhere is as it was', file('/srv/a'), value('old')],
    ['what has no path is as it was', unit('a'), value('old')],
  ])('%s', (_, read, expected) => {
    const state = new BroughtState();
    state.predicted([], invalidates, "'install'");
    expect(state.over(read, value('old'))).toEqual(expected);
  });

  it('what learned packages bring before stands elsewhere', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    state.predicted([], invalidates, "'other'");
    expect(state.over(file('/opt/comes'), absent)).toEqual(value('absent, then of web'));
    expect(state.over(file('/etc/comes'), absent)).toEqual(unknown("'other'"));
  });
});

describe('what a planned step says itself', () => {
  const read = file('/etc/comes');

  it('is newer than packages that came before it, and older than those behind it', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    state.predicted([{ read, answer: value('new') }], {}, "'write'");
    expect(state.over(read, value('new'))).toEqual(value('new'));
    state.comes(packagesOf('db'), "'upgrade'");
    expect(state.over(read, value('new'))).toEqual(value('value, then of db'));
  });

  test.each<[string, readonly string[], boolean]>([
    ['the path', ['/etc/comes'], true],
    ['a folder above it', ['/etc'], true],
    ['what lies beside it', ['/etc/com'], false],
    ['what lies below it', ['/etc/comes/x'], false],
  ])('or invalidates: %s', (_, paths, stands) => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    state.predicted([], { paths }, "'touch'");
    const expected = stands ? value('old') : value('value, then of web');
    expect(state.over(read, value('old'))).toEqual(expected);
  });

  it('or invalidates, without saying what, leaves what packages bring', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    for (const invalidates of [undefined, 'everything', {}] as const)
      state.predicted([], invalidates, "'touch'");
    expect(state.over(read, value('old'))).toEqual(value('value, then of web'));
  });

  it('or invalidates is overtaken by packages behind it', () => {
    const state = new BroughtState();
    state.predicted([], { paths: ['/etc'] }, "'touch'");
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(read, value('old'))).toEqual(value('value, then of web'));
  });

  it('makes nothing known of what is unknown for another reason', () => {
    const state = new BroughtState();
    state.comes(packagesOf('web'), "'install'");
    expect(state.over(read, unknown("'else'"))).toEqual(unknown("'else'"));
    // What is named, as a unit, comes all the same.
    expect(state.over(unit('comes'), unknown("'else'"))).toEqual(value('absent, then of web'));
    expect(state.over(read, unknown("'install'"))).toEqual(value('absent, then of web'));
  });
});
