/** Arguments about accounts. */
import { z } from 'zod';
import { isSecret, reveal, type Secret } from '../../secrets/secret.ts';

/** A login or group name as shadow takes it; never a number, which would be a uid to getent. */
export const accountName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/, 'is not the name of an account')
  .max(32);

/** What crypt makes of a password: `$6$…`, or `*` for none. */
export const passwordHash = z
  .custom<Secret>(isSecret, "must be a secret: secret('$6$…')")
  .refine((of) => /^(\$[^:\n]+|\*|[./A-Za-z0-9]{13})$/.test(reveal(of)), {
    error: 'must be the hash of a password, not the password: openssl passwd -6',
  });
