/** Red Hat packages, by dnf or by the yum of older systems. */
import { defineModule } from '../../../dsl/define-module.ts';
import { touchedByPackages } from '../shared/invalidates.ts';
import { yumArguments, yumMistakes, type YumWant } from './arguments.ts';
import { planYum, readsOfYum } from './plan.ts';

export const yum = defineModule({
  name: 'yum',
  summary: 'Installs, upgrades, locks and removes packages with dnf or yum.',
  args: yumArguments,
  example: `yum('web server', { name: ['nginx=1.20.*', 'openssl'], state: 'present' });`,
  returns: {
    versions: 'name of each package to its installed version; those that are absent are left out',
  },
  mistakes: yumMistakes,
  prepare: async (want, { check }): Promise<YumWant> => ({ ...want, foresee: check }),
  reads: (want: YumWant, known) => readsOfYum(want, known),
  mayInvalidate: () => touchedByPackages(false, undefined),
  plan: (want: YumWant, is, on) => planYum(want, is, on),
});
