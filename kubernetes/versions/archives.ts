/** Official archives whose checksum is known here; for others a lock file has it. */
import type { KubernetesVersion } from './version.ts';

/** Architectures that releases have programs for. */
export type Architecture = 'amd64' | 'arm64';

/** Where the project publishes them. */
export const releaseSite = 'https://dl.k8s.io';

/** From the project's CHANGELOG, by version and architecture: sha512 of the server archive. */
const known: Readonly<Record<string, Readonly<Partial<Record<Architecture, string>>>>> = {
  '1.20.2': {
    amd64:
      '65abf178782e43bc21e8455ffbfdadf6064dbeae3ff704ccf9e13e8acee18235c280b06778e5de4bd702f5507e1870fe38c561366d125ef4f821ed7aa46e9f45',
    arm64:
      'f5ef9bc1013b638cdc17071e60c987572185d9aea796c44ddd2c791770debe1f7225898c8704f3484c4802e452bb25590bf05232dfff50da741e7897b6907bfe',
  },
  '1.20.4': {
    amd64:
      '37738bc8430b0832f32c6d13cdd68c376417270568cd9b31a1ff37e96cfebcc1e2970c72bed588f626e35ed8273671c77200f0d164e67809b5626a2a99e3c5f5',
    arm64:
      '59331e2fe845ddda8c00c4c4ac6e3b4a95eea7467a7b922fb8e97ce407b8930752ebe2dc68e5f461a96086d205fabb718ec2059874683b581fc193fa6932fea0',
  },
};

export interface Archive {
  readonly url: string;
  /** Lower-case hex; undefined where neither this table nor a lock file has it. */
  readonly sha512: string | undefined;
}

/** The archive of all programs. @param site `https://dl.k8s.io`, or a mirror of it */
export function serverArchive(
  { text }: KubernetesVersion,
  architecture: Architecture,
  site: string = releaseSite,
): Archive {
  const url = `${site.replace(/\/+$/, '')}/v${text}/kubernetes-server-linux-${architecture}.tar.gz`;
  return { url, sha512: known[text]?.[architecture] };
}
