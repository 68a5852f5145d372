/** Links that the owner of a folder set, or an archive brings, and the work of root that meets them. */
import { execFileSync } from 'node:child_process';
import { lchownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { authorizedKey } from '../../../engine/modules/accounts/authorized-key/index.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { unarchive } from '../../../engine/modules/files/unarchive/index.ts';
import type { TestHost } from '../../../engine/testing.ts';
import { nobody, publicKey, type Places } from './places.ts';

type Work = (host: TestHost, at: Places) => Promise<unknown>;
const owner = 'nobody';

function theirLink(to: string, path: string): void {
  symlinkSync(to, path);
  lchownSync(path, nobody, nobody);
}

/** A folder of the controller with `conf/evil`, and an archive of it. */
function source({ base }: Places): string {
  const at = `${base}/source`;
  mkdirSync(`${at}/conf`, { recursive: true });
  writeFileSync(`${at}/conf/evil`, 'evil');
  execFileSync('tar', ['-cf', `${at}.tar`, '-C', at, 'conf']);
  return at;
}

/** The work meets a link of theirs to our folder, where it has a folder of its own. */
const asSubfolder =
  (work: (src: string, dest: string) => ReturnType<Work>): Work =>
  (_, at) => {
    theirLink(at.ours, `${at.theirs}/conf`);
    return work(source(at), at.theirs);
  };

/** The work meets a link of theirs to our file. */
const asFile =
  (work: (host: TestHost, path: string) => ReturnType<Work>): Work =>
  (host, at) => {
    theirLink(at.secret, `${at.theirs}/x`);
    return work(host, `${at.theirs}/x`);
  };

/** Unpacks an archive that is made in a folder with the files `evil` and `link`, which are one. */
const archiveOf =
  (make: (tar: (...words: readonly string[]) => void, at: Places) => void): Work =>
  (host, at) => {
    const from = `${at.base}/from`;
    mkdirSync(from);
    writeFileSync(`${from}/evil`, 'evil');
    linkSync(`${from}/evil`, `${from}/link`);
    symlinkSync(at.ours, `${from}/lnk`);
    make((...words) => execFileSync('tar', ['-Pf', `${at.base}/a.tar`, '-C', from, ...words]), at);
    return host.apply(unarchive, { src: `${at.base}/a.tar`, dest: `${at.theirs}/app`, owner });
  };

/** By what they are: names and work. */
export const linkTrials: Readonly<Record<string, Readonly<Record<string, Work>>>> = {
  'a link of the owner stands where a folder arrives': {
    unarchive: (host, at) =>
      asSubfolder((src, dest) => host.apply(unarchive, { src: `${src}.tar`, dest, owner }))(
        host,
        at,
      ),
    mirror: (host, at) =>
      asSubfolder((src, dest) => host.apply(mirror, { src, dest, owner }))(host, at),
    'copy of a folder': (host, at) =>
      asSubfolder((src, dest) => host.apply(copy, { src, dest, owner }))(host, at),
  },
  'an archive, or an earlier one, leads out of its folder': {
    'its name has ..': archiveOf((tar) => tar('-c', '--transform', 's,^,../../ours/,', 'evil')),
    'its name is absolute': archiveOf((tar, { ours }) =>
      tar('-c', '--transform', `s,^,${ours}/,`, 'evil'),
    ),
    'through its own link': archiveOf((tar) => {
      tar('-c', 'lnk');
      tar('-r', '--transform', 's,^,lnk/,', 'evil');
    }),
    'by a hard link': archiveOf((tar, { secret }) =>
      tar('-c', '--transform', `s,^evil$,${secret},RS`, 'evil', 'link'),
    ),
    'through the link of an earlier one': async (host, at) => {
      await archiveOf((tar) => tar('-c', 'lnk'))(host, at);
      const later = `${at.base}/later`;
      mkdirSync(`${later}/lnk`, { recursive: true });
      writeFileSync(`${later}/lnk/evil`, 'evil');
      execFileSync('tar', ['-cf', `${later}.tar`, '-C', later, 'lnk']);
      return host.apply(unarchive, { src: `${later}.tar`, dest: `${at.theirs}/app`, owner });
    },
  },
  'a link of the owner stands where root works': {
    'file with owner and mode': asFile((host, path) =>
      host.apply(file, { path, state: 'file', owner, mode: '0666' }),
    ),
    'lineInFile with owner': asFile((host, path) =>
      host.apply(lineInFile, { path, line: 'evil', owner }),
    ),
    copy: asFile((host, dest) => host.apply(copy, { content: 'evil', dest, owner, mode: '0666' })),
    'copy that follows': asFile((host, dest) =>
      host.apply(copy, { content: 'evil', dest, follow: true }),
    ),
    'copy in a folder like /tmp': (host, at) => {
      theirLink(at.secret, `${at.sticky}/x`);
      return host.apply(copy, { content: 'evil', dest: `${at.sticky}/x`, owner });
    },
    authorizedKey: asFile((host, path) =>
      host.apply(authorizedKey, { user: owner, key: publicKey, path }),
    ),
    'file with recurse': (host, at) => {
      theirLink(at.ours, `${at.theirs}/d`);
      const path = `${at.theirs}/d`;
      return host.apply(file, { path, state: 'directory', owner, mode: '0777', recurse: true });
    },
  },
};
