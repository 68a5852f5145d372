/** A thing is what it is, whatever it is called: paths of one file, before and behind a change. */
import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, stat as statOf, symlink, writeFile } from 'node:fs/promises';
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
import { playOf, shell } from '../steps.ts';

/** `real` with a file `f`, and `cur`, a link to it. */
async function linked(content = 'old\n'): Promise<Fleet> {
  const on = await fleet(['a']);
  await mkdir(on.path('real'));
  await writeFile(on.path('real', 'f'), content, { mode: 0o644 });
  await symlink('real', on.path('cur'));
  return on;
}

const run = (on: Fleet, steps: () => Iterable<Step>): Promise<Ran> => on.run(playOf(steps));
const text = (ran: Ran, name: string): unknown =>
  (ran.end('a', name).result as Readonly<Record<string, unknown>>)['text'];

describe('a file behind a link in its path', () => {
  it('is read again under the one name after a change under the other', async () => {
    const on = await linked();
    const ran = await run(on, () => [
      copy('write', { content: 'new\n', dest: on.path('real', 'f') }),
      slurp('read', { path: on.path('cur', 'f') }),
    ]);
    expect(text(ran, 'read')).toBe('new\n');
    expect(ran.trips('a')).toBe(2);
  });

  it('is written under both names, each time as the step says', async () => {
    const on = await linked('B\n');
    const ran = await run(on, () => [
      copy('real', { content: 'A\n', dest: on.path('real', 'f') }),
      copy('link', { content: 'B\n', dest: on.path('cur', 'f') }),
    ]);
    expect(ran.lines).toEqual(['a real: changed', 'a link: changed']);
    expect(await on.read('real', 'f')).toBe('B\n');
  });

  it.each([
    ['the folder and then the link', ['real', 'cur']],
    ['the link and then the folder', ['cur', 'real']],
  ] as const)('is edited through %s', async (_, [first, second]) => {
    const on = await linked('one\n');
    const ran = await run(on, () => [
      lineInFile('first', { path: on.path(first, 'f'), line: 'two' }),
      lineInFile('second', { path: on.path(second, 'f'), line: 'three' }),
    ]);
    expect(ran.lines).toEqual(['a first: changed', 'a second: changed']);
    expect(await on.read('real', 'f')).toBe('one\ntwo\nthree\n');
  });

  it('is there as soon as a step wrote it under its other name', async () => {
    const on = await linked();
    const ran = await run(on, () => [
      copy('write', { content: 'x', dest: on.path('real', 'new') }),
      stat('seen', { path: on.path('cur', 'new') }),
      find('found', { paths: [on.path('cur')] }),
    ]);
    expect(ran.end('a', 'seen').result).toMatchObject({ exists: true });
    expect(JSON.stringify(ran.end('a', 'found').result)).toContain('cur/new');
  });

  it('decides a guard as it is now', async () => {
    const on = await linked();
    const made = (name: string) =>
      command(name, { argv: ['touch', on.path('real', 'z')], creates: on.path('cur', 'z') });
    const ran = await run(on, () => [
      made('make'),
      file('away', { path: on.path('real', 'z'), state: 'absent' }),
      made('again'),
    ]);
    expect(ran.lines).toEqual(['a make: changed', 'a away: changed', 'a again: changed']);
    expect(await on.read('real', 'z')).toBe('');
  });
});

describe('a link as the last part', () => {
  it.each([
    ['the target and then the link', ['real/f', 'last']],
    ['the link and then the target', ['last', 'real/f']],
  ] as const)('is edited by %s', async (_, [first, second]) => {
    const on = await linked('one\n');
    await symlink('real/f', on.path('last'));
    const ran = await run(on, () => [
      lineInFile('first', { path: on.path(first), line: 'two' }),
      lineInFile('second', { path: on.path(second), line: 'three' }),
    ]);
    expect(ran.lines).toEqual(['a first: changed', 'a second: changed']);
    expect(await on.read('real', 'f')).toBe('one\ntwo\nthree\n');
  });

  it('shows the mode that its target was given', async () => {
    const on = await linked();
    await symlink('cur/f', on.path('last'));
    const ran = await run(on, () => [
      file('mode', { path: on.path('real', 'f'), mode: '0600' }),
      stat('seen', { path: on.path('last'), follow: true }),
    ]);
    expect(ran.end('a', 'seen').result).toMatchObject({ mode: '0600' });
  });
});

describe('a file of two names', () => {
  it('has the mode that the last step gave it', async () => {
    const on = await linked();
    await link(on.path('real', 'f'), on.path('hard'));
    const ran = await run(on, () => [
      file('one', { path: on.path('real', 'f'), mode: '0600' }),
      stat('seen', { path: on.path('hard') }),
      file('other', { path: on.path('hard'), mode: '0644' }),
    ]);
    expect(ran.end('a', 'seen').result).toMatchObject({ mode: '0600' });
    expect(ran.outcome('a', 'other')).toBe('changed');
    expect((await statOf(on.path('real', 'f'))).mode & 0o777).toBe(0o644);
  });

  it('is one name less when a step edits it, and shows that', async () => {
    const on = await linked('one\n');
    await link(on.path('real', 'f'), on.path('hard'));
    const ran = await run(on, () => [
      lineInFile('edit', { path: on.path('cur', 'f'), line: 'two' }),
      stat('links', { path: on.path('hard') }),
      slurp('kept', { path: on.path('hard') }),
    ]);
    expect(ran.end('a', 'links').result).toMatchObject({ links: 1 });
    expect(text(ran, 'kept')).toBe('one\n');
  });

  it('is one name more when a step makes it', async () => {
    const on = await linked();
    const ran = await run(on, () => [
      file('make', { path: on.path('hard'), state: 'hard', src: on.path('real', 'f') }),
      stat('links', { path: on.path('cur', 'f') }),
    ]);
    expect(ran.end('a', 'links').result).toMatchObject({ links: 2 });
  });
});

describe('a link that a step switches', () => {
  async function releases(): Promise<Fleet> {
    const on = await fleet(['a']);
    for (const name of ['1', '2']) {
      await mkdir(on.path('rel', name), { recursive: true });
      await writeFile(on.path('rel', name, 'f'), name);
    }
    await symlink('rel/1', on.path('cur'));
    await symlink('cur', on.path('outer'));
    return on;
  }

  it('leads what is read below its name to the other folder, also through links to it', async () => {
    const on = await releases();
    const ran = await run(on, () => [
      file('switch', { path: on.path('cur'), state: 'link', src: 'rel/2' }),
      slurp('read', { path: on.path('cur', 'f') }),
      slurp('outer', { path: on.path('outer', 'f') }),
      file('back', { path: on.path('cur'), state: 'link', src: 'rel/1' }),
      slurp('again', { path: on.path('outer', 'f') }),
    ]);
    expect([text(ran, 'read'), text(ran, 'outer'), text(ran, 'again')]).toEqual(['2', '2', '1']);
  });

  it('holds what a mirror put into the folder that it leads to', async () => {
    const on = await releases();
    await mkdir(on.path('local'));
    await writeFile(on.path('local', 'new'), 'x');
    const ran = await run(on, () => [
      mirror('put', { src: on.path('local'), dest: on.path('rel', '3') }),
      file('switch', { path: on.path('cur'), state: 'link', src: 'rel/3' }),
      stat('seen', { path: on.path('outer', 'new') }),
    ]);
    expect(ran.end('a', 'seen').result).toMatchObject({ exists: true });
  });

  it('does not hide an edit that a step undid through it', async () => {
    const on = await releases();
    const steps = () => [
      copy('whole', { content: 'conf\n', dest: on.path('cur', 'conf') }),
      lineInFile('line', { path: on.path('rel', '1', 'conf'), line: 'extra' }),
    ];
    await run(on, steps);
    const again = await run(on, steps);
    expect(again.lines).toEqual(['a whole: changed', 'a line: changed']);
    expect(await on.read('rel', '1', 'conf')).toBe('conf\nextra\n');
  });
});

describe('a relative link to what an earlier step made', () => {
  const steps = (on: Fleet, folders: boolean) => [
    ...(folders
      ? ['', 'available', 'enabled'].map((name) =>
          file(`folder ${name}`, { path: on.path('sites', name), state: 'directory' }),
        )
      : []),
    copy('site', { content: 'server {}\n', dest: on.path('sites/available/x') }),
    file('enable', {
      path: on.path('sites/enabled/x'),
      state: 'link',
      src: '../available/x',
    }),
    slurp('read', { path: on.path('sites/enabled/x') }),
  ];

  it.each([true, false])('is made in one run, with folders new: %s', async (folders) => {
    const on = await fleet(['a']);
    if (!folders) {
      await mkdir(on.path('sites/available'), { recursive: true });
      await mkdir(on.path('sites/enabled'));
    }
    const checked = await on.run(
      playOf(() => steps(on, folders)),
      { check: true },
    );
    expect(checked.outcome('a', 'enable')).toBe('changed');
    expect(checked.outcome('a', 'read')).toBe('ok');
    expect(text(checked, 'read')).toBe('server {}\n');
    const ran = await run(on, () => steps(on, folders));
    expect(ran.exitCode).toBe(0);
    expect(text(ran, 'read')).toBe('server {}\n');
    const again = await run(on, () => steps(on, folders));
    expect(again.lines.filter((line) => !line.endsWith(': ok'))).toEqual([]);
    expect(again.trips('a')).toBe(1);
  });

  it('may be given as an absolute path with .. in it', async () => {
    const on = await fleet(['a']);
    await mkdir(on.path('available'));
    await mkdir(on.path('enabled'));
    const ran = await run(on, () => [
      copy('site', { content: 'x', dest: on.path('available/x') }),
      file('on', {
        path: on.path('enabled/x'),
        state: 'link',
        src: `${on.path('enabled')}/../available/x`,
      }),
    ]);
    expect(ran.lines).toEqual(['a site: changed', 'a on: changed']);
  });
});

const mayMount = (() => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!mayMount)('a bind mount', () => {
  it('is the folder that is mounted', async () => {
    const on = await linked();
    await mkdir(on.path('mnt'));
    const mount = `mount --bind ${on.path('real')} ${on.path('mnt')} && exec sh`;
    on.link('a', { shell: ['unshare', '-m', 'sh', '-c', mount] });
    const ran = await run(on, () => [
      copy('write', { content: 'new\n', dest: on.path('cur', 'f') }),
      slurp('read', { path: on.path('mnt', 'f') }),
      copy('make', { content: 'x', dest: on.path('mnt', 'made') }),
      stat('made', { path: on.path('real', 'made') }),
    ]);
    expect(text(ran, 'read')).toBe('new\n');
    expect(ran.end('a', 'made').result).toMatchObject({ exists: true });
    expect(await readFile(on.path('real', 'made'), 'utf8')).toBe('x');
  });
});

describe('what a command says that it invalidates', () => {
  it('counts under every name, though nobody has asked for that path before', async () => {
    const on = await linked();
    const ran = await run(on, () => [
      shell('nothing', 'true'),
      command('write', {
        argv: ['sh', '-c', `echo new > ${on.path('cur', 'f')}`],
        invalidates: { paths: [on.path('cur', 'f')] },
      }),
      slurp('read', { path: on.path('real', 'f') }),
    ]);
    expect(text(ran, 'read')).toBe('new\n');
  });

  it('counts as it is afterwards, where the command makes the link that it writes through', async () => {
    const on = await linked();
    const ran = await run(on, () => [
      command('write', {
        argv: ['sh', '-c', `cd ${on.folder}; ln -s real late; echo new > late/f`],
        invalidates: { paths: [on.path('late'), on.path('late', 'f')] },
      }),
      slurp('read', { path: on.path('real', 'f') }),
    ]);
    expect(text(ran, 'read')).toBe('new\n');
  });
});
