import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { PendingFiles, type PendingHandler } from '../../../engine/run/handlers/pending-files.ts';

let base = '';
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), 'tsplay-pending-'))));
afterEach(() => rmSync(base, { recursive: true, force: true }));

const entry = (host: string, handler = 'site/reload'): PendingHandler => ({
  inventory: 'hosts.yaml',
  host,
  target: `ssh:${host}`,
  handler,
});
const all = (one: PendingHandler): PendingHandler => one;
const folder = (): string => join(base, 'pending');
const names = (): readonly string[] => readdirSync(folder()).toSorted();

/** What a run left that is over: its file has no process, or one that is gone. */
function left(name: string, lines: readonly unknown[]): void {
  mkdirSync(folder(), { recursive: true });
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(join(folder(), name), `${text.join('\n')}\n`);
}

const pending = (host: string, is = true) => ({ ...entry(host), pending: is });

describe('what a run notes down', () => {
  it('is nobody else’s while it runs, and the next run’s once it has let go', () => {
    const first = new PendingFiles(base, 'one');
    first.write(entry('a'), true);
    expect(new PendingFiles(base, 'two').read()).toEqual([]);
    first.release([entry('a')]);
    expect(names()).toEqual(['one.jsonl']);
    expect(new PendingFiles(base, 'two').read()).toEqual([entry('a')]);
  });

  it('leaves no file where nothing is pending at its end', () => {
    const run = new PendingFiles(base, 'one');
    run.write(entry('a'), true);
    run.write(entry('a'), false);
    run.release([]);
    expect(names()).toEqual([]);
  });

  it('can be read by its owner alone', () => {
    const run = new PendingFiles(base, 'one');
    run.write(entry('a'), true);
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    expect(modeOf(folder())).toBe(0o700);
    expect(modeOf(join(folder(), names()[0] ?? ''))).toBe(0o600);
    run.release([entry('a')]);
    expect(modeOf(join(folder(), 'one.jsonl'))).toBe(0o600);
  });

  it('is the next run’s where its process is gone', () => {
    left('one.99999999-1.jsonl', [pending('a')]);
    // A number may be used again: this process did not begin then.
    left(`two.${process.pid}-1.jsonl`, [pending('b')]);
    const read = new PendingFiles(base, 'three').read();
    expect(read.map(({ host }) => host).toSorted()).toEqual(['a', 'b']);
  });
});

describe('what earlier runs left', () => {
  it('is nothing where no run was', () => {
    expect(new PendingFiles(base, 'one').read()).toEqual([]);
    expect(new PendingFiles(base, 'one').take(all)).toEqual([]);
  });

  test.each<[string, readonly unknown[], readonly string[]]>([
    ['what has run since is not pending', [pending('a'), pending('a', false)], []],
    ['what was notified again is', [pending('a'), pending('a', false), pending('a')], ['a']],
    ['what was notified twice is so once', [pending('a'), pending('a')], ['a']],
    ['a line that a kill cut is none', [pending('a'), '{"host":"b","hand'], ['a']],
    [
      'what is no entry is left out',
      ['null', '7', '[]', { host: 'a', pending: true }, { handler: 'x', pending: true }],
      [],
    ],
    ['of two hosts one has run', [pending('a'), pending('b'), pending('a', false)], ['b']],
  ])('%s', (_, lines, hosts) => {
    left('one.jsonl', lines);
    expect(new PendingFiles(base, 'two').read().map(({ host }) => host)).toEqual(hosts);
  });

  it('names inventory and machine by texts alone', () => {
    left('one.jsonl', [{ ...pending('a'), inventory: 7, target: ['a'] }]);
    expect(new PendingFiles(base, 'two').read()).toEqual([
      { ...entry('a'), inventory: undefined, target: undefined },
    ]);
  });

  it('is told to be unreadable where it is', () => {
    mkdirSync(join(folder(), 'one.jsonl'), { recursive: true });
    expect(() => new PendingFiles(base, 'two').read()).toThrow('EISDIR');
  });

  it('is looked for in no other files of the folder', () => {
    left('notes.txt', [pending('a')]);
    left('one.jsonl.new', [pending('b')]);
    expect(new PendingFiles(base, 'two').read()).toEqual([]);
  });

  it('of versions that kept one file, and neither inventory nor machine, is read and taken too', () => {
    const old = { host: 'a', handler: 'site/reload', owed: true };
    writeFileSync(join(base, 'owed.jsonl'), `${JSON.stringify(old)}\n`);
    const plain = { host: 'a', handler: 'site/reload', inventory: undefined, target: undefined };
    const run = new PendingFiles(base, 'one');
    expect(run.read()).toEqual([plain]);
    expect(run.take(() => entry('a'))).toEqual([entry('a')]);
    expect(readdirSync(base)).toEqual(['pending']);
  });
});

describe('a run takes what is its own', () => {
  const ofA = (one: PendingHandler) => (one.host === 'a' ? entry('a', 'site/again') : undefined);

  it('under the name it has for it, and leaves the rest for others', () => {
    left('old.jsonl', [pending('a'), pending('b')]);
    const run = new PendingFiles(base, 'new');
    expect(run.take(ofA)).toEqual([entry('a', 'site/again')]);
    // It is in the file of this run, so that a kill loses nothing.
    const own = names().find((name) => name.startsWith('new.')) ?? '';
    expect(readFileSync(join(folder(), own), 'utf8')).toContain('"handler":"site/again"');
    expect(new PendingFiles(base, 'other').read()).toEqual([entry('b')]);
    expect(names()).toHaveLength(2);
  });

  it('with the whole file where nothing else is in it', () => {
    left('old.jsonl', [pending('a')]);
    new PendingFiles(base, 'new').take(ofA);
    expect(names().filter((name) => name.startsWith('old'))).toEqual([]);
  });

  it('and does not touch files in which nothing is its own', () => {
    left('old.jsonl', [pending('b'), 'half a li']);
    const before = readFileSync(join(folder(), 'old.jsonl'), 'utf8');
    expect(new PendingFiles(base, 'new').take(ofA)).toEqual([]);
    expect(readFileSync(join(folder(), 'old.jsonl'), 'utf8')).toBe(before);
    expect(names()).toEqual(['old.jsonl']);
  });

  it('once: of two runs that begin at once the second finds nothing', () => {
    left('old.jsonl', [pending('a')]);
    const one = new PendingFiles(base, 'one');
    const two = new PendingFiles(base, 'two');
    let inside: readonly PendingHandler[] | undefined;
    const first = one.take((each) => {
      inside ??= two.take(all);
      return each;
    });
    expect(inside).toEqual([entry('a')]);
    expect(first).toEqual([]);
  });
});
