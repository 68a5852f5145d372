/** What the tests need of this machine: the one list of it. */
import {
  absentOf,
  installPackages,
  isThere,
  packagesOf,
  withPackages,
  type Programs,
} from '../lab/packages.ts';
import { nspawnPrograms } from '../lab/nspawn/requirements.ts';

/** With its whole path, where tests or the engine start it by that. */
export const testPrograms: Programs = {
  ...nspawnPrograms,
  '/bin/dash': 'dash',
  '/bin/bash': 'bash',
  '/bin/busybox': 'busybox-static',
  '/usr/bin/zsh': 'zsh',
  '/usr/bin/fish': 'fish',
  '/usr/bin/tcsh': 'tcsh',
  faketime: 'faketime',
  '/usr/sbin/sshd': 'openssh-server',
  '/usr/bin/sudo': 'sudo',
  '/usr/sbin/useradd': 'passwd',
  curl: 'curl',
  wget: 'wget',
  openssl: 'openssl',
  gpg: 'gnupg',
  setfacl: 'acl',
  getfacl: 'acl',
  'mkfs.ext4': 'e2fsprogs',
  chattr: 'e2fsprogs',
  ps: 'procps',
  strace: 'strace',
  journalctl: 'systemd',
  '/lib/systemd/systemd-journald': 'systemd',
  tmux: 'tmux',
  script: 'bsdutils',
  flock: 'util-linux',
  zip: 'zip',
  unzip: 'unzip',
  bzip2: 'bzip2',
  xz: 'xz-utils',
};

/** What was found of this machine. */
export interface Found {
  readonly absent: readonly string[];
  readonly mayInstall: boolean;
}

/** What is to be installed, and else the sentence that says why the tests cannot run. */
export function remedyFor({
  absent,
  mayInstall,
}: Found): { readonly install: readonly string[] } | { readonly refusal: string } {
  const packages = packagesOf(absent, testPrograms);
  if (mayInstall || packages.length === 0) return { install: packages };
  return {
    refusal:
      `the tests need programs that are missing: ${withPackages(absent, testPrograms)}; ` +
      `as root: apt-get install --no-install-recommends ${packages.join(' ')}`,
  };
}

/**
 * Makes sure that this machine has them; as root on Debian, what is missing is installed.
 * @returns undefined if all is well, else what is in the way
 */
export async function haveTestPrograms(): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  const absent = await absentOf(testPrograms);
  const remedy = remedyFor({ absent, mayInstall: isRoot && (await isThere('apt-get')) });
  if ('refusal' in remedy) return remedy.refusal;
  if (remedy.install.length === 0) return undefined;
  process.stdout.write(`installing ${remedy.install.join(' ')} on this machine\n`);
  try {
    await installPackages(remedy.install);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
