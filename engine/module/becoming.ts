/** Whether steps may become a user: opening their session answers it, in check predictions do. */
import { defineReader } from './reader.ts';

/**
 * Never asked of a host. A module that makes or removes users predicts it; what else decides, as
 * the rules of sudo, are the files that it depends on.
 */
export const becoming = defineReader<string, true>({
  name: 'becoming',
  script: () => ':',
  parse: (_, keys) => keys.map(() => ({ answer: 'denied', why: 'only sessions tell' })),
  dependsOn: () => [
    '/etc/passwd',
    '/etc/shadow',
    '/etc/sudoers',
    '/etc/sudoers.d/',
    '/etc/doas.conf',
    '/etc/doas.d/',
    '/etc/pam.d/',
  ],
});
