import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { absent, denied } from '../../../engine/module/reader.ts';
import { packageNamed } from '../../../engine/readers/packages/package.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder } from '../asking.ts';

const { definition } = packageNamed;

/** This machine may have no rpm database. */
const withDatabase = (script: string) => script.replaceAll('[ -d /var/lib/rpm ]', 'true');

const rpm = `rpm() {
  case "$*" in
  *--whatprovides*) printf 'postfix\\t2:3.5.8-4.el8\\tx86_64\\tinstall ok installed\\tMTA, smtpd, postfix, \\n' ;;
  *) printf 'bash\\t0:4.4.20-4.el8\\tx86_64\\tinstall ok installed\\n'
     printf 'package smtpd is not installed\\n'
     printf 'kernel\\t0:4.18.0-1.el8\\tx86_64\\tinstall ok installed\\n'
     printf 'kernel\\t0:4.18.0-2.el8\\tx86_64\\tinstall ok installed\\n'
     return 1 ;;
  esac
}
`;

describe.each(shells)('under %s', (shell) => {
  const keys = ['bash', 'smtpd', 'kernel'].map((name) => ({ name, database: 'rpm' as const }));

  test('rpm answers by name, with provided names and the newest of several versions', async () => {
    const output = await runScript(rpm + withDatabase(definition.script(keys, 'mark')), { shell });
    expect(definition.parse(output, keys, 'mark')).toMatchObject([
      { value: { name: 'bash', version: '4.4.20-4.el8', database: 'rpm' } },
      { value: { name: 'postfix', version: '2:3.5.8-4.el8' } },
      { value: { name: 'kernel', version: '4.18.0-2.el8' } },
    ]);
  });

  test('a damaged rpm database is denied, not taken for absent packages', async () => {
    const broken = `rpm() { printf 'error: rpmdb: BDB0113 Thread died\\n'; return 3; }\n`;
    const output = await runScript(broken + withDatabase(definition.script(keys, 'mark')), {
      shell,
    });
    expect(definition.parse(output, keys, 'mark')[0]).toMatchObject({ answer: 'denied' });
  });

  test('a dpkg that fails is denied with its words', async () => {
    const names = [{ name: 'bash', database: 'dpkg' as const }];
    const script = definition.script(names, 'mark').replaceAll('dpkg-query -W', 'play_try -W');
    const output = await runScript(
      `play_try() { printf 'dpkg-query: error: locked\\n' >&2; return 2; }
command() { return 0; }
${script}`,
      { shell },
    );
    expect(definition.parse(output, names, 'mark')).toEqual([denied('dpkg-query: error: locked')]);
  });
});

test.each([['bash'], ['no-such-package'], ['awk']])(
  'of %s dpkg is asked by as many processes as are counted, installed, absent or provided',
  async (name) => {
    const log = join(folder(), 'processes');
    const keys = [{ name, database: 'dpkg' as const }];
    const calls = 'trace=clone,clone3,fork,vfork';
    const wrap = ['strace', '-f', '-qq', '-e', calls, '-o', log];
    const output = await runScript(definition.script(keys, 'mark'), { wrap });
    const [answer] = definition.parse(output, keys, 'mark');
    expect(answer?.answer).toBe(name === 'no-such-package' ? 'absent' : 'value');
    const started = (await readFile(log, 'utf8')).match(/(clone3?|v?fork).*\)\s+= \d+$/gm);
    // One is the shell of the script itself.
    expect(started).toHaveLength(1 + (definition.processes?.(keys) ?? 0));
  },
);

test('a database without packages has none of those that are asked for', () => {
  const keys = [{ name: 'bash', database: 'dpkg' as const }];
  const stdout = Buffer.from('m dpkg\nm failed\nm auto\n');
  const stderr = 'dpkg-query: no packages found matching *';
  expect(definition.parse({ stdout, stderr, code: 0 }, keys, 'm')).toEqual([absent]);
});

test('a versionlock holds its package and no other one of a similar name', () => {
  const keys = ['nginx', 'nginx-mod', 'vim'].map((name) => ({ name, database: 'rpm' as const }));
  const rows = keys.map(({ name }) => `${name}\t0:1.2-3\tx86_64\tinstall ok installed`).join('\n');
  const stdout = Buffer.from(`m rpm\n${rows}\nm locks\n# note\n0:nginx-1.2-3.*\n!vim-1\n`);
  const answers = definition.parse({ stdout, stderr: '', code: 0 }, keys, 'm');
  expect(answers.map((one) => one.answer === 'value' && one.value.held)).toEqual([
    true,
    false,
    false,
  ]);
});
