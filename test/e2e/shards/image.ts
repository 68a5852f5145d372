/**
 * The image that our Dockerfile describes, without a registry and without docker: this machine's
 * node and ssh with the libraries that they load, the package as it is published, and a project.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../../scripts/build.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const installed = 'usr/local/lib/node_modules/tsplay';

/** Files of a project, by their path in it. */
export type ProjectFiles = Readonly<Record<string, string>>;

/**
 * Makes the tree of the image in a folder.
 * @param project what lies in /project
 */
export function imageTree(tree: string, project: ProjectFiles): void {
  for (const folder of ['etc', 'tmp', 'home/node', 'project', 'bin', 'usr/local/bin'])
    mkdirSync(join(tree, folder), { recursive: true });
  chmodSync(join(tree, 'tmp'), 0o1777);
  // Everything is root's in the image but for this, which is its user's in the Dockerfile.
  chmodSync(join(tree, 'home/node'), 0o777);
  writeFileSync(
    join(tree, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
  );
  writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  withLibraries(tree, process.execPath, 'usr/local/bin/node');
  withLibraries(tree, '/usr/bin/ssh', 'usr/bin/ssh');
  withLibraries(tree, '/bin/dash', 'bin/sh');
  withLibraries(tree, '/usr/bin/env', 'usr/bin/env');
  withPackage(tree);
  symlinkSync(`../lib/node_modules/tsplay/bin/play.js`, join(tree, 'usr/local/bin/play'));
  for (const [path, text] of Object.entries(project)) {
    mkdirSync(dirname(join(tree, 'project', path)), { recursive: true });
    writeFileSync(join(tree, 'project', path), text);
  }
}

function withLibraries(tree: string, program: string, path: string): void {
  const place = (from: string, to: string): void => {
    mkdirSync(dirname(join(tree, to)), { recursive: true });
    if (!existsSync(join(tree, to))) copyFileSync(realpathSync(from), join(tree, to));
  };
  place(program, path);
  for (const [, library = ''] of run('ldd', [program]).matchAll(/(\/\S+) \(0x/g)) {
    place(library, library.slice(1));
  }
}

/** As `npm install` would leave it: what it needs to run lies beside it. */
function withPackage(tree: string): void {
  const at = join(tree, installed);
  build(at);
  const needed = run('npm', ['ls', '--omit=dev', '--all', '--parseable'], repository);
  for (const folder of needed.trim().split('\n')) {
    const path = relative(repository, folder);
    if (path.startsWith('node_modules/'))
      cpSync(folder, join(at, path), { recursive: true, dereference: true });
  }
}

/**
 * Writes the image as the archive of `docker save`.
 * @param name `name:tag`
 */
export function imageArchive(tree: string, name: string, file: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-image-'));
  const layer = join(folder, 'layer.tar');
  run('tar', ['-C', tree, '--owner=0', '--group=0', '--mode=a+rX', '-cf', layer, '.']);
  const digest = createHash('sha256').update(readFileSync(layer)).digest('hex');
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Entrypoint: ['play'],
      WorkingDir: '/project',
      User: 'node',
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/home/node'],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  });
  writeFileSync(join(folder, 'config.json'), config);
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  run('tar', ['-C', folder, '-cf', file, 'manifest.json', 'config.json', 'layer.tar']);
  rmSync(folder, { recursive: true });
}

/** @throws Error with what the program said */
export function run(program: string, argv: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(program, argv, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...(cwd !== undefined && { cwd }),
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${argv.join(' ')}: ${stderr}`);
}
