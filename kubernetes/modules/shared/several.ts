/** Several objects of one kind in one question. */
import type { QuestionKey } from '../../readers/kubernetes.ts';
import { accessOf, type AccessArguments } from './arguments.ts';

interface Several extends AccessArguments {
  /** `KIND/NAME`, all of one kind. */
  readonly objects: readonly string[];
  readonly namespace: string;
}

export const objectsOfKind = (want: Several): QuestionKey => {
  const [kind = ''] = want.objects[0]?.split('/') ?? [];
  return {
    access: accessOf(want),
    argv: [
      'get',
      kind,
      ...want.objects.map((object) => object.split('/')[1] ?? ''),
      `--namespace=${want.namespace}`,
      '--ignore-not-found',
      '-o',
      'json',
    ],
  };
};
