/** Module `stat`: what is at a path. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { absolutePath } from '../shared/argument.ts';

/** Everything but `exists` and `path` is left out where nothing is there. */
export interface StatResult extends Partial<FileValue> {
  readonly path: string;
  readonly exists: boolean;
}

export const stat = defineModule({
  name: 'stat',
  onlyAsks: true,
  summary: 'Reads type, owner, mode, size and times of a path.',
  args: z.strictObject({
    path: absolutePath.describe('path on the host'),
    follow: z.boolean().default(false).describe('follow links'),
    digest: z.boolean().default(false).describe('also compute the sha256 of a file'),
  }),
  example: `stat('is it installed by hand', { path: '/opt/app/bin/app', follow: true })`,
  returns: {
    exists: 'whether something is there; without it only path is given',
    path: 'the path that was asked for',
    type: 'file, directory, link, fifo, socket, block or character',
    mode: 'four octal digits',
    owner: 'name, or uid where it has none; uid is the number',
    group: 'name, or gid where it has none; gid is the number',
    size: 'bytes',
    links: 'hard links',
    inode: 'its number, on the file system whose number is device',
    modified: 'seconds since 1970; accessed likewise',
    target: 'what a link holds',
    realPath: 'where a followed link ends',
    digest: 'sha256, where asked for',
  },
  reads: (want) => ({ file: file(want) }),
  plan: (want, is) =>
    same<StatResult>({ path: want.path, exists: is.file !== undefined, ...is.file }),
});
