/** Steps in one script leave what they leave one by one, whatever they do to each other's paths. */
import fc from 'fast-check';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byScript, type Alteration } from '../../../engine/module/alteration.ts';
import { composeAlterations, scriptOf } from '../../../engine/module/compose/compose.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { joinScripts, rawScript, sh } from '../../../engine/shell/script.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { stateOf, step } from './steps.ts';

/** Two folders, one of nobody's, and another name of the first. */
function tree(): string {
  const at = folder();
  for (const name of ['a', 'b']) {
    mkdirSync(`${at}/${name}`);
    chmodSync(`${at}/${name}`, 0o755);
    writeFileSync(`${at}/${name}/x`, 'old');
    chmodSync(`${at}/${name}/x`, 0o644);
  }
  chownSync(`${at}/b`, nobody, nobody);
  symlinkSync('a', `${at}/alias`);
  return at;
}

const path = fc.constantFrom(
  'a/x',
  'a/y',
  'a/n',
  'a/n/z',
  'alias/x',
  'alias/n',
  'alias/n/z',
  'b/x',
  'b/y',
  'n',
  'n/z',
  'a',
  'alias',
);
const mode = fc.constantFrom('0644', '0600', '0755', '0777', '2750');
const owner = fc.constantFrom(undefined, undefined, `${nobody}:${nobody}`, '0:0');

/** An alteration of a path below the folder that it is given. */
const alteration: fc.Arbitrary<(at: string) => Alteration> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        path,
        mode,
        owner,
        fc.string({ maxLength: 5 }),
        fc.constantFrom(undefined, undefined, 'absent', contentOf('old').digest),
        fc.constantFrom(undefined, 'test -e %s'),
      )
      .map(([name, of, who, content, expected, validate]) => (at: string): Alteration => ({
        kind: 'write',
        path: `${at}/${name}`,
        mode: of,
        owner: who,
        content: contentOf(content.replaceAll('\0', '')),
        expect: expected,
        validate,
      })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(path, mode, fc.constantFrom(undefined, '0755', '0700', '2775'), owner)
      .map(([name, first, then, who]) => (at: string): Alteration => ({
        kind: 'folder',
        path: `${at}/${name}`,
        first,
        mode: then,
        owner: who,
      })),
  },
  fc
    .tuple(path, fc.constantFrom('x', 'b', '../b/x', 'nowhere'))
    .map(([name, target]) => (at: string): Alteration => ({
      kind: 'link',
      path: `${at}/${name}`,
      target,
      hard: false,
    })),
  fc.tuple(path, fc.boolean()).map(([name, withAllBelow]) => (at: string): Alteration => ({
    kind: 'remove',
    path: `${at}/${name}`,
    withAllBelow,
  })),
  fc
    .tuple(path, fc.constantFrom('file', 'directory'), mode, owner)
    .map(([name, type, of, who]) => (at: string): Alteration => ({
      kind: 'attributes',
      path: `${at}/${name}`,
      type: type as 'file',
      mode: of,
      owner: who,
    })),
  path.map((name) => (at: string) => byScript('files', sh`printf s >>${`${at}/${name}`}`)),
);

/** Which of our own sentences it is: the words of the tools name paths and lines. */
const said = (text: string): string | undefined =>
  /cannot [a-z ]+|(changed|appeared) since|did not pass|is left alone/.exec(text)?.[0];

test.each(shells)(
  'under %s',
  async (shell) => {
    await fc.assert(
      fc.asyncProperty(fc.array(alteration, { minLength: 2, maxLength: 8 }), async (all) => {
        const [one, other] = [tree(), tree()];
        const { script, outcomes } = composeAlterations(all.map((of) => step(of(one))));
        const output = await runScript(script, { shell });
        const ended = outcomes({ ...output, stderr: Buffer.from(output.stderr) });
        const alone = await runScript(
          joinScripts(
            all.flatMap((of) => [
              rawScript('('),
              scriptOf({ alters: [of(other)] }),
              rawScript(') || exit; echo done'),
            ]),
          ),
          { shell },
        );
        const done = ended.filter(({ outcome }) => outcome === 'done').length;
        expect([done, output.code, said(output.stderr)]).toEqual([
          alone.stdout.toString().split('done').length - 1,
          alone.code,
          said(alone.stderr),
        ]);
        expect(stateOf(one)).toEqual(stateOf(other));
      }),
      { numRuns: { dash: 40, bash: 20, busybox: 8 }[shell] },
    );
  },
  180_000,
);
