/** What has to happen to a module in the running kernel. */
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import { predict } from '../../../module/plan.ts';
import { value } from '../../../module/reader.ts';
import {
  kernelModule,
  moduleName,
  type KernelModule,
} from '../../../readers/system/kernel-module.ts';
import { sh } from '../../../shell/script.ts';
import type { ChangePart } from '../../shared/combine-changes.ts';
import type { ModprobeWant } from './arguments.ts';
import { parametersOf } from './files.ts';
import type { Parameters } from './lines.ts';

interface LivePart {
  readonly change: ChangePart | undefined;
  /** The state afterwards. */
  readonly after: string;
  readonly notes: readonly string[];
}

/** @throws StepError when the kernel has no such module, or cannot let go of it */
export function livePart(
  want: ModprobeWant,
  now: KernelModule | undefined,
  on: PlanContext,
): LivePart {
  const name = moduleName(want.module);
  if (want.state === 'absent') return unload(name, now, on);
  if (now === undefined) {
    throw new StepError(`the kernel ${on.facts.kernel} has no module ${name}`, {
      hint: 'it is neither built in nor in /lib/modules: install the package with the modules of the kernel; a container cannot load any',
    });
  }
  const wanted = parametersOf(want);
  if (now.state === 'available') return load(name, now, wanted, on);
  return setParameters(want, now, wanted, on);
}

const invalidates = (on: PlanContext) => ({
  readers: ['kernelModule', 'sysctl'],
  ...(on.check ? {} : { paths: ['/proc/', '/sys/', '/dev/'] }),
});

function load(name: string, now: KernelModule, wanted: Parameters, on: PlanContext): LivePart {
  const words = Object.entries(wanted).map((pair) => pair.join('='));
  const loaded: KernelModule = { ...now, state: 'loaded', parameters: wanted };
  return {
    after: 'loaded',
    notes: [],
    change: {
      differences: [{ what: name, from: 'not loaded', to: ['loaded', ...words].join(' ') }],
      alters: [byScript('kernel module', sh`modprobe -- ${[name, ...words]}`)],
      after: [predict(kernelModule(name), value(loaded))],
      invalidates: invalidates(on),
    },
  };
}

function unload(name: string, now: KernelModule | undefined, on: PlanContext): LivePart {
  if (now?.state === 'built in') {
    throw new StepError(`${name} is built into the kernel ${on.facts.kernel}`, {
      hint: 'it cannot be unloaded',
    });
  }
  if (now?.state !== 'loaded')
    return { change: undefined, after: now?.state ?? 'absent', notes: [] };
  const left: KernelModule = { ...now, state: 'available', parameters: {} };
  return {
    after: 'available',
    notes: [],
    change: {
      differences: [{ what: name, from: 'loaded', to: 'not loaded' }],
      alters: [byScript('kernel module', sh`modprobe -r -- ${name}`)],
      after: [predict(kernelModule(name), value(left))],
      invalidates: invalidates(on),
    },
  };
}

/** A module that is there may have other parameters than wanted. */
function setParameters(
  want: ModprobeWant,
  now: KernelModule,
  wanted: Parameters,
  on: PlanContext,
): LivePart {
  const hidden = Object.keys(wanted).filter((one) => !Object.hasOwn(now.parameters, one));
  const notes = hidden.map((one) => `the kernel does not show the parameter ${one} of ${now.name}`);
  const wrong = Object.entries(wanted).filter(
    ([one, text]) => Object.hasOwn(now.parameters, one) && !sameValue(now.parameters[one], text),
  );
  if (wrong.length === 0) return { change: undefined, after: now.state, notes };
  const reload = want.reload && now.state === 'loaded';
  const words = Object.entries(wanted).map((pair) => pair.join('='));
  const hint =
    now.state === 'built in'
      ? 'it is built in: its parameters are on the kernel’s command line'
      : 'it is set when the module is loaded: add reload: true to unload and load it';
  const files = wrong.map(([one]) => `/sys/module/${now.name}/parameters/${one}`);
  return {
    after: now.state,
    notes,
    change: {
      differences: wrong.map(([one, text]) => ({
        what: `${now.name} ${one}`,
        from: now.parameters[one],
        to: text,
      })),
      alters: [
        byScript(
          'kernel module',
          reload
            ? sh`modprobe -r -- ${now.name} && modprobe -- ${[now.name, ...words]}`
            : sh`for f in ${files}; do
  case $(stat -c %A "$f") in
  *w*) ;;
  *) printf '%s cannot be written: %s\n' "$f" ${hint} >&2; exit 1 ;;
  esac
done
set -- ${wrong.map(([, text]) => text)}
for f in ${files}; do
  printf '%s\n' "$1" >"$f" || exit 1
  shift
done`,
        ),
      ],
      after: [
        predict(
          kernelModule(now.name),
          value({ ...now, parameters: { ...now.parameters, ...wanted } }),
        ),
      ],
      invalidates: invalidates(on),
    },
  };
}

/** The kernel shows booleans as Y and N, whatever they were set with. */
function sameValue(is: string | undefined, wanted: string): boolean {
  const truth: Readonly<Record<string, string>> = { Y: '1', y: '1', N: '0', n: '0' };
  const plain = (text: string) => truth[text] ?? text;
  return is === wanted || ((is === 'Y' || is === 'N') && plain(is) === plain(wanted));
}
