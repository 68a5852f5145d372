/** Keys and certificates. */
export { certificate } from './certificate/index.ts';
export { certificateAuthority } from './certificate-authority.ts';
export { certificateInfo } from './certificate-info.ts';
export { privateKey } from './private-key.ts';
