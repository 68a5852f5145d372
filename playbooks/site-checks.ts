/** What the plays of `site.ts` ask before they write anything, and when all is done. */
import { waitFor, z, type Context, type Step } from 'tsplay';
import { etcdStaysOne, etcdVariables, ownTls } from '../roles/etcd/index.ts';

export const etcdAsItRuns = {
  // One member that does not belong, and nothing is written to any.
  maxFailPercentage: 0,
  vars: etcdVariables,
  tasks(context: Context<z.output<typeof etcdVariables>>): readonly Step[] {
    const { vars } = context;
    return [etcdStaysOne(context, vars.etcdTls ?? ownTls(vars), vars)];
  },
};

const addressVariables = z.strictObject({
  siteUrl: z.url().optional().describe('URL that must answer at the shared address'),
});

export const addressAnswers = {
  vars: addressVariables,
  *tasks({ vars: { siteUrl } }: Context<z.output<typeof addressVariables>>): Iterable<Step> {
    if (siteUrl === undefined) return;
    yield waitFor(
      'the shared address answers',
      { http: { url: siteUrl }, timeout: 30 },
      { tags: ['verify'] },
    );
  },
};
