/** In check a planned link leads where it will lead, and names of one thing are one. */
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { find } from '../../../engine/modules/files/find.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { slurp } from '../../../engine/modules/files/slurp.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { fleet, type Fleet, type Ran } from '../harness.ts';
import { playOf } from '../steps.ts';

/** Two releases with a file each; `cur` leads to the first, `outer` to `cur`. */
async function releases(): Promise<Fleet> {
  const on = await fleet(['a']);
  for (const name of ['1', '2']) {
    await mkdir(on.path('rel', name), { recursive: true });
    await writeFile(on.path('rel', name, 'f'), `${name}\n`, { mode: 0o644 });
  }
  await symlink('rel/1', on.path('cur'));
  await symlink('cur', on.path('outer'));
  return on;
}

const of = (ran: Ran, name: string): Readonly<Record<string, unknown>> =>
  ran.end('a', name).result as Readonly<Record<string, unknown>>;

/** Checks the steps, then runs them: every step must end as check said. */
async function both(on: Fleet, steps: () => Iterable<Step>): Promise<{ checked: Ran; ran: Ran }> {
  const checked = await on.run(playOf(steps), { check: true });
  const ran = await on.run(playOf(steps));
  expect(checked.lines).toEqual(ran.lines);
  return { checked, ran };
}

const toSecond = (on: Fleet) =>
  file('switch', { path: on.path('cur'), state: 'link', src: 'rel/2' });

describe('a planned link', () => {
  it('leads reads below its name to the new folder, also through links to it', async () => {
    const on = await releases();
    const { checked, ran } = await both(on, () => [
      toSecond(on),
      slurp('read', { path: on.path('cur/f') }),
      slurp('outer', { path: on.path('outer/f') }),
      file('back', { path: on.path('cur'), state: 'link', src: 'rel/1' }),
      slurp('again', { path: on.path('outer/f') }),
      find('found', { paths: [on.path('outer')] }),
    ]);
    for (const name of ['read', 'outer', 'again', 'found']) {
      expect(of(checked, name)).toEqual(of(ran, name));
    }
    expect(of(checked, 'read')['text']).toBe('2\n');
  });

  it('leads writes to the file that is there, so that what is right already is ok', async () => {
    const on = await releases();
    const { checked } = await both(on, () => [
      toSecond(on),
      copy('same', { content: '2\n', dest: on.path('cur/f') }),
      copy('new', { content: 'new\n', dest: on.path('cur/f') }),
      lineInFile('line', { path: on.path('rel/2/f'), line: 'more' }),
      copy('undo', { content: '2\n', dest: on.path('outer/f') }),
    ]);
    expect(checked.outcome('a', 'same')).toBe('ok');
    expect(checked.outcome('a', 'undo')).toBe('changed');
  });

  it('shows what a mirror will have put there', async () => {
    const on = await releases();
    await mkdir(on.path('local'));
    await writeFile(on.path('local/new'), 'x');
    const { checked } = await both(on, () => [
      mirror('put', { src: on.path('local'), dest: on.path('rel/3') }),
      file('switch', { path: on.path('cur'), state: 'link', src: 'rel/3' }),
      stat('seen', { path: on.path('outer/new') }),
      stat('gone', { path: on.path('cur/f') }),
    ]);
    expect(of(checked, 'seen')).toMatchObject({ exists: true });
    expect(of(checked, 'gone')).toMatchObject({ exists: false });
  });

  it('decides the guard of a command', async () => {
    const on = await releases();
    await writeFile(on.path('rel/2/done'), '');
    const guarded = (name: string) =>
      command(name, { argv: ['touch', on.path('cur/done')], creates: on.path('cur/done') });
    const checked = await on.run(
      playOf(() => [toSecond(on), guarded('there'), stat('seen', { path: on.path('cur/done') })]),
      { check: true },
    );
    expect(checked.outcome('a', 'there')).toBe('ok');
  });

  it('that is removed leads nowhere', async () => {
    const on = await releases();
    const { checked } = await both(on, () => [
      file('away', { path: on.path('cur'), state: 'absent' }),
      stat('below', { path: on.path('cur/f') }),
      stat('target', { path: on.path('rel/1/f') }),
      file('folder', { path: on.path('cur'), state: 'directory' }),
      copy('write', { content: '1\n', dest: on.path('cur/f') }),
    ]);
    expect(of(checked, 'below')).toMatchObject({ exists: false });
    expect(of(checked, 'target')).toMatchObject({ exists: true });
    expect(checked.outcome('a', 'write')).toBe('changed');
  });

  it('in a folder behind another link is found under both names', async () => {
    const on = await releases();
    await both(on, () => [
      file('inner', { path: on.path('outer/in'), state: 'link', src: 'f' }),
      copy('through', { content: '1\n', dest: on.path('rel/1/in') }),
      slurp('read', { path: on.path('cur/in') }),
    ]);
  });
});

describe('a folder that a planned step removes', () => {
  it('takes what is below it along, and is empty when it is made again', async () => {
    const on = await releases();
    const { checked } = await both(on, () => [
      file('away', { path: on.path('rel/1'), state: 'absent' }),
      stat('below', { path: on.path('cur/f') }),
      file('again', { path: on.path('rel/1'), state: 'directory' }),
      copy('write', { content: '1\n', dest: on.path('outer/f') }),
    ]);
    expect(of(checked, 'below')).toMatchObject({ exists: false });
    expect(checked.outcome('a', 'write')).toBe('changed');
  });
});

describe('another name of a file', () => {
  it('shows what a planned step wrote, through a folder link or a link as last part', async () => {
    const on = await releases();
    await symlink('rel/1/f', on.path('last'));
    const { checked } = await both(on, () => [
      copy('write', { content: 'new\n', dest: on.path('rel/1/f'), mode: '0600' }),
      slurp('folder', { path: on.path('outer/f') }),
      slurp('last', { path: on.path('last') }),
      stat('mode', { path: on.path('last'), follow: true }),
      copy('same', { content: 'new\n', dest: on.path('cur/f') }),
    ]);
    expect(of(checked, 'folder')['text']).toBe('new\n');
    expect(of(checked, 'last')['text']).toBe('new\n');
    expect(of(checked, 'mode')).toMatchObject({ mode: '0600', realPath: on.path('rel/1/f') });
    expect(checked.outcome('a', 'same')).toBe('ok');
  });

  it('that is a hard link is unknown', async () => {
    const on = await releases();
    await link(on.path('rel/1/f'), on.path('hard'));
    const checked = await on.run(
      playOf(() => [
        file('mode', { path: on.path('rel/1/f'), mode: '0600' }),
        file('hard', { path: on.path('hard'), mode: '0600' }),
      ]),
      { check: true },
    );
    expect(checked.outcome('a', 'hard')).toBe('unknown');
    expect(checked.end('a', 'hard').because).toBe("'mode'");
  });
});

describe('names that are odd', () => {
  it.each(['new\nline', '-rf', "it's", 'a "b" $c `d`', 'back\\slash'])(
    '%j is followed',
    async (name) => {
      const on = await releases();
      await both(on, () => [
        file('link', { path: on.path(name), state: 'link', src: 'rel/2' }),
        copy('write', { content: 'new\n', dest: on.path(name, 'f') }),
        slurp('read', { path: on.path('rel/2/f') }),
        file('switch', { path: on.path(name), state: 'link', src: 'rel/1' }),
        copy('same', { content: '1\n', dest: on.path(name, 'f') }),
      ]);
    },
  );
});

describe('links in a loop', () => {
  it('fail as the host fails, and spoil nothing else', async () => {
    const on = await releases();
    await symlink('two', on.path('one'));
    await symlink('one', on.path('two'));
    const ran = await on.run(
      playOf(() => [
        stat('loop', { path: on.path('one/x') }),
        copy('f', { content: 'new\n', dest: on.path('cur/f') }),
        slurp('read', { path: on.path('outer/f') }),
        file('mended', { path: on.path('two'), state: 'link', src: 'rel/2' }),
        slurp('through', { path: on.path('one/f') }),
      ]),
    );
    expect(of(ran, 'loop')).toMatchObject({ exists: false });
    expect(of(ran, 'read')['text']).toBe('new\n');
    expect(of(ran, 'through')['text']).toBe('2\n');
  });
});
