/** Module `template`: a file rendered from a Handlebars template. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { ownedFile } from '../shared/account-references.ts';
import { fileReturns } from '../shared/file-result.ts';
import { destOf, planPut, putArgs, putReads, type PutFile } from '../shared/put-file.ts';

export const template = defineModule({
  name: 'template',
  summary: 'Renders a template to a file on the host.',
  args: z.strictObject({
    src: z.string().min(1).describe('the template, looked up in templates/'),
    vars: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('variables of the template; a secret makes the whole file secret'),
    ...putArgs,
  }),
  example: `template('haproxy configuration', {
  src: 'haproxy.cfg.hbs',
  dest: '/etc/haproxy/haproxy.cfg',
  vars: { port: 6443 },
  validate: 'haproxy -c -f %s',
})`,
  returns: fileReturns,
  template: ({ src, vars }) => ({ src, variables: vars }),
  async prepare(want, controller): Promise<PutFile> {
    const { src, vars, ...put } = want;
    const content = await controller.template(src, vars);
    const dest = destOf(want.dest, src.replace(/\.hbs$/, ''));
    return { ...put, dest, content, diff: controller.diff };
  },
  ...ownedFile,
  reads: putReads,
  plan: planPut,
});
