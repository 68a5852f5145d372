/** Packages, and where they come from. */
export { apt } from './apt/index.ts';
export { aptRepository } from './apt-repository.ts';
export { pkg } from './pkg.ts';
export { rpmKey } from './rpm-key/index.ts';
export { yum } from './yum/index.ts';
export { yumRepository } from './yum-repository.ts';
