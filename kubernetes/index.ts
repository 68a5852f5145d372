/**
 * `tsplay/kubernetes`: modules for clusters of Kubernetes. Written with what `tsplay` exports and
 * nothing else, as a module of a user's is.
 */
export * from './modules/index.ts';
export { addressNumber, parseNetwork, type Network } from './network.ts';
export { bootstrapToken, type BootstrapToken } from './pki/bootstrap-token.ts';
export {
  clusterPki,
  type AuthorityName,
  type ClusterPki,
  type ClusterPkiOptions,
  type GivenAuthority,
} from './pki/cluster-pki.ts';
export { encryptionKeys, encryptionKeysIn, type EncryptionKey } from './pki/encryption-keys.ts';
export { readBundle, type Bundle, type BundleLock } from './release/lock.ts';
export { allPrograms, architectureOf, type Program } from './release/programs.ts';
export { programSource, type ProgramOptions, type ProgramOrigin } from './release/source.ts';
export type { Architecture } from './versions/archives.ts';
export {
  cgroupRefusal,
  containerdRefusal,
  refusalsOf,
  type Choices,
  type Refusal,
} from './versions/refusals.ts';
export { traitsOf, type KubernetesTraits, type Trait } from './versions/traits.ts';
export {
  compareVersions,
  newestMinor,
  oldestMinor,
  parseVersion,
  versionMistake,
  type KubernetesVersion,
} from './versions/version.ts';
