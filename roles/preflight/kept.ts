/** Variables that `preflightAllowChanges` may name. */
export const keptVariables = [
  'kubernetesVersion',
  'clusterPodCidr',
  'clusterServiceCidr',
  'clusterNodeMask',
  'clusterDomain',
  'clusterRuntime',
  'clusterCgroupDriver',
  'masterApiserverFlags',
  'kubeletRoot',
  'containerdRoot',
  'dockerRoot',
  'cniKind',
  'cniBridge',
] as const;

export type KeptVariable = (typeof keptVariables)[number];
