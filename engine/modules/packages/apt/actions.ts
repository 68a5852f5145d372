/** What apt has to do to a package, from what is installed. */
import { StepError } from '../../../errors.ts';
import type { Package } from '../../../readers/packages/package.ts';
import type { AptWant } from './arguments.ts';
import { compareDebVersions } from './version.ts';
import { matchesVersion, type NamedPackage } from '../shared/names.ts';

export interface AptAction {
  readonly name: string;
  /** Word for apt-get: name, name=version or a path. */
  readonly word: string;
  readonly get: 'install' | 'remove' | 'purge' | undefined;
  readonly hold: boolean | undefined;
  /** It is to be marked as asked for: else `autoremove` takes it. */
  readonly manual?: true;
  readonly from: string;
  readonly to: string;
}

export interface Target extends NamedPackage {
  /** Path of the .deb file that it comes from. */
  readonly deb?: string;
}

/**
 * @param is the package as installed
 * @param candidate version that `latest` leads to; empty where apt offers none
 * @returns nothing where it is as wanted
 * @throws StepError when a hold or a newer version stands against it
 */
export function aptActionOn(
  want: AptWant,
  target: Target,
  is: Package | undefined,
  candidate: string | undefined,
): AptAction | undefined {
  // A package that merely provides the name satisfies it, but is not removed for it.
  const own = is === undefined || is.name === target.name.split(':')[0];
  if (want.state === 'absent') return own ? removal(want, target.name, is) : undefined;
  const installed = is !== undefined && is.status === 'installed';
  if (!installed && want.onlyUpgrade) return undefined;
  const wanted = want.state === 'latest' && installed ? candidate || undefined : target.version;
  const right =
    installed &&
    (want.state === 'latest'
      ? !wanted || wanted === is.version
      : matchesVersion(is.version, wanted));
  const hold = want.hold === undefined || (is?.held ?? false) === want.hold ? undefined : want.hold;
  const manual = right && own && is.auto === true;
  if (right && hold === undefined && !manual) return undefined;
  if (right) {
    const { version } = is;
    const action = {
      name: target.name,
      word: '',
      get: undefined,
      hold,
      from: version,
      to: version,
    };
    return manual ? { ...action, manual } : action;
  }
  if (is?.held === true && want.hold === undefined) {
    throw new StepError(`${target.name} ${is.version} is on hold`, {
      hint: 'add hold: true to hold the new version, or hold: false',
    });
  }
  if (installed) refuseOlder(want, target.name, is.version, wanted);
  return {
    name: target.name,
    word:
      target.deb ??
      (target.version === undefined ? target.name : `${target.name}=${target.version}`),
    get: 'install',
    hold: want.hold,
    from:
      is === undefined || is.status === 'removed' ? 'absent' : installed ? is.version : is.status,
    to: wanted ?? target.version ?? 'present',
  };
}

/** What a version with wildcards leads to only apt knows, and it refuses as well. */
function refuseOlder(want: AptWant, name: string, is: string, wanted: string | undefined): void {
  if (want.allowDowngrade || wanted === undefined || /[*?]/.test(wanted)) return;
  if (compareDebVersions(wanted, is) >= 0) return;
  throw new StepError(`${name} ${is} is newer than ${wanted}`, {
    hint: 'add allowDowngrade: true',
  });
}

function removal(want: AptWant, name: string, is: Package | undefined): AptAction | undefined {
  if (is === undefined) return undefined;
  if (is.status === 'removed' && !want.purge) return undefined;
  if (is.held && want.hold !== false) {
    throw new StepError(`${name} is on hold`, { hint: 'add hold: false' });
  }
  return {
    name,
    word: name,
    get: want.purge ? 'purge' : 'remove',
    hold: is.held ? false : undefined,
    from: is.status === 'removed' ? 'configuration files' : is.version,
    to: 'absent',
  };
}
