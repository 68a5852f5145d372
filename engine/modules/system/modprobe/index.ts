/** Kernel modules. */
import { defineModule } from '../../../dsl/define-module.ts';
import type { Known, PlanContext } from '../../../module/module.ts';
import { change, same, type Plan } from '../../../module/plan.ts';
import type { Read } from '../../../module/reader.ts';
import { kernelModule, moduleLines, moduleName } from '../../../readers/system/kernel-module.ts';
import type { KernelModule, ModuleLine } from '../../../readers/system/kernel-module.ts';
import { combineChanges, type ChangePart } from '../../shared/combine-changes.ts';
import { editReads, planEdit, type EditNow } from '../../shared/edit-file.ts';
import { moduleFiles, editedFile } from './files.ts';
import { livePart } from './live.ts';
import { args, type ModprobeWant } from './arguments.ts';

export interface ModprobeResult {
  readonly module: string;
  /** `loaded`, `built in`, `available` or `absent`. */
  readonly state: string;
}

export const modprobe = defineModule({
  name: 'modprobe',
  summary: 'Loads and unloads kernel modules, now and at boot.',
  args,
  example: `modprobe('bridges are filtered', { module: 'br_netfilter', persistent: true });`,
  returns: {
    module: 'its name with underscores',
    state: '`loaded`, `built in`, `available` (could be loaded) or `absent`',
  },
  mistakes: (want: ModprobeWant) => [
    ...(want.state === 'absent' && Object.keys(want.params).length > 0
      ? ['state absent takes no params']
      : []),
    ...(want.state === 'absent' && want.persistent === true
      ? ['a module that shall be absent cannot be loaded at boot']
      : []),
  ],
  reads: readsOf,
  plan: planOf,
});

/** First the lines of all files; then the files that have to be edited. */
function readsOf(want: ModprobeWant, known: Known): Readonly<Record<string, Read<unknown>>> {
  const live = { module: kernelModule(want.module) };
  if (want.persistent === undefined) return live;
  const lines = moduleLines('all');
  const answer = known.get(lines);
  if (answer?.answer !== 'value') return { ...live, lines };
  const edits = moduleFiles(want, answer.value).flatMap((file) =>
    Object.entries(editReads(editedFile(file))).map(
      ([name, read]) => [`${name} ${file.path}`, read] as const,
    ),
  );
  return { ...live, lines, ...Object.fromEntries(edits) };
}

function planOf(
  want: ModprobeWant,
  is: Readonly<Record<string, unknown>>,
  on: PlanContext,
): Plan<ModprobeResult> {
  const now = is['module'] as KernelModule | undefined;
  const lines = (is['lines'] as readonly ModuleLine[] | undefined) ?? [];
  const live = livePart(want, now, on);
  const files = want.persistent === undefined ? [] : moduleFiles(want, lines);
  const edits = files.flatMap((file): ChangePart[] => {
    const read = (name: string) => is[`${name} ${file.path}`];
    const was = { file: read('file'), text: read('text'), parent: read('parent') } as EditNow;
    const plan = planEdit(editedFile(file), was, on, (text) => ({
      difference: file.difference,
      lines: file.edit(text),
      secret: false,
    }));
    return plan.plan === 'change' ? [plan] : [];
  });
  const module = moduleName(want.module);
  const parts = [...(live.change ? [live.change] : []), ...edits];
  const notes = live.notes.length > 0 ? live.notes : undefined;
  if (parts.length === 0) return same({ module, state: now?.state ?? 'absent' }, notes);
  return change({
    ...combineChanges(parts),
    result: { module, state: live.after },
    ...(notes && { notes }),
  });
}
