/** What differs between the versions of Kubernetes, in one table. */
export { releaseSite, serverArchive, type Archive, type Architecture } from './archives.ts';
export { componentsOf, imagesOf, type Components } from './components.ts';
export {
  cgroupRefusal,
  containerdRefusal,
  refusalsOf,
  type Choices,
  type Refusal,
} from './refusals.ts';
export { traitsOf, type KubernetesTraits, type Trait } from './traits.ts';
export {
  compareVersions,
  newestMinor,
  oldestMinor,
  parseVersion,
  versionMistake,
  type KubernetesVersion,
} from './version.ts';
