/** In check, what is asked of all below a folder, behind planned changes of something there. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { find } from '../../../engine/modules/files/find.ts';
import type { FindResult } from '../../../engine/modules/files/find.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Step, Task } from '../../../engine/dsl/task.ts';
import { fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

const shown = (found: Task<FindResult>) =>
  debug('shown', { message: (run) => run.result(found).paths.join(' ') });

async function checked(steps: (path: (name: string) => string) => readonly Step[]) {
  const on = await fleet(['a']);
  await mkdir(on.path('folder'));
  await writeFile(on.path('folder/there'), 'x');
  await symlink('folder', on.path('link'));
  const play = playOf(() => steps((name) => on.path(name)));
  return (await on.run(play, { check: true })).lines;
}

it.each(['folder/new', 'link/new', 'folder/there'])(
  'what is found there is not known behind a planned %s',
  async (changed) => {
    const lines = await checked((path) => {
      const found = find('find', { paths: path('folder') });
      return [copy('copy', { dest: path(changed), content: 'other' }), found, shown(found)];
    });
    expect(lines).toEqual(['a copy: changed', 'a find: skipped', 'a shown: unknown']);
  },
);

it('the mode of all below it is not known behind a file that comes with another one', async () => {
  const lines = await checked((path) => [
    file('all', { path: path('folder'), state: 'directory', mode: 'u=rwX,go=', recurse: true }),
    copy('copy', { dest: path('folder/new'), content: 'other', mode: '0644' }),
    file('again', { path: path('folder'), state: 'directory', mode: 'u=rwX,go=', recurse: true }),
  ]);
  expect(lines).toEqual(['a all: changed', 'a copy: changed', 'a again: unknown']);
});

it('what changes beside the folder or above it leaves it known', async () => {
  const lines = await checked((path) => {
    const found = find('find', { paths: path('folder') });
    return [
      copy('copy', { dest: path('beside'), content: 'other' }),
      file('mode', { path: path('folder'), mode: '0700', state: 'directory' }),
      found,
      shown(found),
    ];
  });
  expect(lines).toEqual(['a copy: changed', 'a mode: changed', 'a find: ok', 'a shown: ok']);
});
