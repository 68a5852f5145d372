/** Arguments of the modprobe module. */
import { z } from 'zod';

const parameter = z.union([
  z.string().regex(/^[^\s#"']*$/, 'must hold no blank and no quote'),
  z.number(),
  z.boolean(),
]);

export const args = z.strictObject({
  module: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'is not the name of a kernel module')
    .describe('name; `-` and `_` are the same'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('present: loaded, or built into the kernel'),
  params: z
    .record(z.string().regex(/^[A-Za-z0-9_]+$/), parameter)
    .default({})
    .describe('parameters by name; others stay as they are'),
  persistent: z
    .boolean()
    .optional()
    .describe('whether it is loaded at boot, with its params; default: as it is'),
  reload: z
    .boolean()
    .default(false)
    .describe('reload the module if a parameter cannot be set in another way'),
});

export type ModprobeWant = z.output<typeof args>;
