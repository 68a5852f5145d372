/** A small repository of Debian packages, built here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A package as apt takes it. @param folder to work in */
function deb(folder: string, name: string, version: string, depends?: string): Buffer {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  const fields = {
    Package: name,
    Version: version,
    Architecture: 'amd64',
    Maintainer: 'nobody <nobody@example.org>',
    ...(depends !== undefined && { Depends: depends }),
    Description: name,
  };
  const lines = Object.entries(fields).map(([field, text]) => `${field}: ${text}\n`);
  writeFileSync(join(tree, 'DEBIAN/control'), lines.join(''));
  const path = join(folder, 'built.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, path], { stdio: 'ignore' });
  const bytes = readFileSync(path);
  rmSync(tree, { recursive: true });
  return bytes;
}

function control(folder: string, bytes: Buffer): string {
  const path = join(folder, 'looked-at.deb');
  writeFileSync(path, bytes);
  return execFileSync('dpkg-deb', ['-f', path], { encoding: 'utf8' });
}

/** Files by their paths on a site: two packages, of which `first` needs `second`. */
export function debRepository(folder: string): Record<string, Buffer> {
  const files = {
    '/pool/first_2.0-1_amd64.deb': deb(folder, 'first', '1:2.0-1', 'second (>= 1)'),
    '/pool/second_1.5_amd64.deb': deb(folder, 'second', '1.5'),
  };
  const stanzas = Object.entries(files).map(
    ([path, bytes]) =>
      `${control(folder, bytes).trimEnd()}\nFilename: .${path}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n\n`,
  );
  return { ...files, '/Packages': Buffer.from(stanzas.join('')) };
}
