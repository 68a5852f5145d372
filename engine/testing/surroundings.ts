/** Facts and a controller for module tests. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Facts } from '../module/facts.ts';
import type { Controller } from '../module/module.ts';
import { Downloads } from '../controller/downloads.ts';
import { contentOf } from '../shell/content.ts';
import { renderTemplate } from '../template/render.ts';

/**
 * Facts of a plain Debian host; what a test is about is given.
 * @param given fields that differ
 * @returns facts that are complete
 * @example
 * const os = { id: 'alpine', family: 'alpine', version: '3.20', codename: '' } as const;
 * export const alpine = testFacts({ os, packageManager: 'apk' });
 */
export function testFacts(given: Partial<Facts> = {}): Facts {
  return {
    hostname: 'host',
    os: { id: 'debian', family: 'debian', version: '12', codename: 'bookworm' },
    kernel: '6.1.0',
    arch: 'x86_64',
    cpus: 2,
    memory: 2 ** 32,
    swap: 0,
    systemd: true,
    packageManager: 'apt',
    interfaces: {},
    defaultIpv4: { interface: '', address: '', gateway: '' },
    machineId: '0123456789abcdef0123456789abcdef',
    productUuid: '',
    bootId: '00000000-0000-0000-0000-000000000000',
    clock: { host: 1_700_000_000, controller: 1_700_000_000 },
    cgroups: 2,
    user: { name: 'root', uid: 0, home: '/root' },
    has: {},
    ...given,
  };
}

/**
 * A controller whose local files are those of the working directory.
 * @param options controller: functions in place of its own; check and diff: false by default
 * @returns what `prepare` of a module gets
 * @example
 * export const controller = testController({
 *   controller: { file: async () => contentOf('what the file holds') },
 *   check: true,
 * });
 */
export function testController(
  options: {
    readonly controller?: Partial<Controller>;
    readonly check?: boolean;
    readonly diff?: boolean;
  } = {},
): Controller {
  const path = async (src: string): Promise<string> => resolve(src);
  const downloads = new Downloads();
  const { signal } = new AbortController();
  return {
    path,
    file: async (src) => contentOf(await readFile(await path(src))),
    download: (of) => downloads.get(of, { files: 0, ahead: false, signal }),
    template: async (src, variables) => {
      const at = await path(src);
      const source = await readFile(at, 'utf8');
      const { text, secret } = renderTemplate({ source, file: at, variables });
      return contentOf(text, { secret });
    },
    check: options.check ?? false,
    diff: options.diff ?? false,
    host: 'host',
    ...options.controller,
  };
}
