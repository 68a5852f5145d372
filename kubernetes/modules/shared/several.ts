/** Modules that change fields of objects which others made: which are there, what is wrong. */
import {
  change,
  joinScripts,
  same,
  unpredictable,
  type Difference,
  type Plan,
  type Script,
} from 'tsplay';
import {
  kubernetes,
  type KubernetesAnswer,
  type KubernetesObject,
  type QuestionKey,
} from '../../readers/kubernetes.ts';
import {
  accessOf,
  invalidatesObjects,
  unanswered,
  withServer,
  type AccessArguments,
} from './arguments.ts';
import { identityOf } from './compare.ts';

export interface Several extends AccessArguments {
  /** `KIND/NAME`, all of one kind. */
  readonly objects: readonly string[];
  readonly namespace: string;
}

/** One thing that is wrong with an object, and the command that mends it. */
export interface WrongField {
  readonly difference: Difference;
  readonly command: Script;
}

export interface SeveralResult {
  /** Names of those that are not there. */
  readonly missing: readonly string[];
}

export const objectsOfKind = (want: Several): QuestionKey => {
  const [kind = ''] = want.objects[0]?.split('/') ?? [];
  return {
    access: accessOf(want),
    argv: [
      'get',
      kind,
      ...want.objects.map(nameIn),
      `--namespace=${want.namespace}`,
      '--ignore-not-found',
      '-o',
      'json',
    ],
  };
};

const nameIn = (object: string): string => object.split('/')[1] ?? '';

/** The key of a label, an annotation or a taint. */
export const fieldKey = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/**
 * Plans what each object lacks; one that is not there is left out with a note.
 * @param wrongIn what is wrong with an object, which is named `KIND/NAME`
 */
export function planSeveral(
  want: Several,
  found: KubernetesAnswer | undefined,
  check: boolean,
  wrongIn: (object: KubernetesObject, name: string) => readonly WrongField[],
): Plan<SeveralResult> {
  if (!found?.reached || found.refused !== undefined) {
    return unanswered(found?.refused ?? `there is no ${want.kubectl}`, check, { missing: [] });
  }
  const byName = new Map(found.objects.map((each) => [identityOf(each, '').name, each]));
  const gone = want.objects.filter((object) => !byName.has(nameIn(object)));
  const missing = gone.map(nameIn);
  const notes = gone.map((object) => `there is no ${object}`);
  const wrong = want.objects.flatMap((name) => {
    const object = byName.get(nameIn(name));
    return object ? wrongIn(object, name) : [];
  });
  if (wrong.length === 0) return same({ missing }, notes.length > 0 ? notes : undefined);
  return change({
    differences: wrong.map(({ difference }) => difference),
    script: joinScripts([withServer(accessOf(want)), ...wrong.map(({ command }) => command)]),
    after: [unpredictable(kubernetes(objectsOfKind(want)))],
    invalidates: invalidatesObjects,
    result: { missing },
    notes,
  });
}
