/** What a composed script costs on the host, in processes that are started. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composeAlterations } from '../../../engine/module/compose/compose.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

describe.each(shells)('%s', (shell) => {
  test.each(['folders first', 'each folder before its files'])('%s', async (order) => {
    const at = folder();
    const made = names.map((name) => ({
      label: name,
      alters: [{ kind: 'folder', path: `${at}/${name}`, first: '0755' } as const],
    }));
    const files = names.map((name) =>
      ['1', '2'].map((file) => ({
        label: file,
        alters: [
          {
            kind: 'write',
            path: `${at}/${name}/${file}`,
            mode: '0644',
            content: contentOf(`${name}${file}\n`),
          } as const,
        ],
      })),
    );
    const steps =
      order === 'folders first'
        ? [...made, ...files.flat()]
        : made.flatMap((step, index) => [step, ...(files[index] ?? [])]);
    const { script, outcomes } = composeAlterations(steps);
    const trace = `${folder()}/trace`;
    const output = await runScript(script, {
      shell,
      wrap: ['strace', '-f', '-q', '-o', trace, '-e', 'trace=fork,vfork,clone,clone3'],
    });
    console.log(output.code, output.stderr);
    const forks = readFileSync(trace, 'utf8').split('\n').filter((line) => / = \d+$/.test(line));
    console.log(shell, order, forks.length, script.text.length);
    expect(readFileSync(`${at}/f/2`, 'utf8')).toBe('f2\n');
  });
});
