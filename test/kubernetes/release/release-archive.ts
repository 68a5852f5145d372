/** An archive of a release that is small and real in its form. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tar } from '../../../lab/kubernetes/archive/tar.ts';

export const programText = (name: string): string => `#!/bin/sh\n# ${name}\n${'x'.repeat(2000)}\n`;

/** The official archive's form: programs below kubernetes/server/bin, and other things. */
export function serverArchiveOf(names: readonly string[]): Buffer {
  const folders = ['kubernetes', 'kubernetes/server', 'kubernetes/server/bin'].map((path) => ({
    type: 'folder' as const,
    path,
    mode: 0o755,
  }));
  const files = [...names, 'mounter', 'kube-apiserver.tar'].map((name) => ({
    type: 'file' as const,
    path: `kubernetes/server/bin/${name}`,
    mode: 0o755,
    content: Buffer.from(programText(name)),
  }));
  return gzipSync(tar([...folders, ...files]));
}

export const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('hex');
