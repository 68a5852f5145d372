/**
 * `tsplay/kubernetes`: modules for clusters of Kubernetes. Written with what `tsplay` exports and
 * nothing else, as a module of a user's is.
 */
export * from './modules/index.ts';
export { bootstrapToken, type BootstrapToken } from './pki/bootstrap-token.ts';
export { encryptionKeys, encryptionKeysIn, type EncryptionKey } from './pki/encryption-keys.ts';
