/** The programs of a release, and the machines that they are for. */
import { PlaybookError } from 'tsplay';
import type { Architecture } from '../versions/archives.ts';

/** The programs of a release that hosts can have. */
export const allPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'kubeadm',
] as const;

/** A program of a release. */
export type Program = (typeof allPrograms)[number];

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

/**
 * The architecture of a release for a machine.
 * @param machine what `uname -m` says, as the fact `arch`
 * @returns the name that releases have for it
 * @throws PlaybookError for one without programs
 * @example export const ofHost = (run: Run): Architecture => architectureOf(run.facts.arch);
 */
export function architectureOf(machine: string): Architecture {
  const found = architectures[machine];
  if (found) return found;
  throw new PlaybookError(`binaries: there are no programs for ${machine}`, {
    hint: 'amd64 and arm64 have them',
  });
}
