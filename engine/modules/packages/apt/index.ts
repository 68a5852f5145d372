/** Debian packages. */
import { defineModule } from '../../../dsl/define-module.ts';
import { aptArguments, aptMistakes, type AptWant } from './arguments.ts';
import { planApt, readsOfApt } from './plan.ts';
import { touchedByPackages } from '../shared/invalidates.ts';

export const apt = defineModule({
  name: 'apt',
  summary: 'Installs, upgrades, holds and removes packages with apt.',
  args: aptArguments,
  example: `apt('web server', { name: ['nginx=1.22.*', 'ssl-cert'], cacheValidTime: 3600 });`,
  returns: {
    versions: 'name of each package to its installed version; those that are absent are left out',
  },
  mistakes: aptMistakes,
  prepare: async (want, { check }): Promise<AptWant> => ({ ...want, foresee: check }),
  reads: readsOfApt,
  mayInvalidate: () => touchedByPackages(false, undefined),
  plan: planApt,
});
