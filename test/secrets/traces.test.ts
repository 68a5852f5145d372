/** What shells print of a secret when they trace or list; the shells themselves say how. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../engine/secrets/redact.ts';

const shells = ['bash', 'dash', 'busybox sh'] as const;
const secrets = {
  'a quote': "s3cr3t-o'brien",
  'quotes in a row': "s3cr3t''pass",
  'blanks and quotes': `open s3sam3word 'quotedword' "twicequoted" $x`,
  'two blanks': 's3cr3t1  pass',
  'letters of other alphabets': "gehe1m-pässwörd'1",
  'control characters': "s3cr3t\u001b\u0002'\tpass",
  'a backslash': "s3cr3t\\n'pass",
} as const;

/** Scripts with the secret in `$v`. */
const scripts = {
  'a word': ': "$v"',
  'part of a word': ': -H "Authorization: Bearer $v"',
  'an assignment': 'w="$v"',
  'an export': 'export w="$v"; export -p',
  'words without quotes': 'set -f; : $v',
  'a list of variables': 'set +x; set',
  'a loop over words': 'set -f; for each in $v; do : "$each"; done',
  'a comparison': '[ "$v" = x ]',
  'an alias': 'alias q="$v"; alias',
  'a trap': `trap ": '$v'" USR1 2>/dev/null; trap`,
} as const;
const ofBash = {
  'a pattern': '[[ x == "$v" ]]',
  'a declaration': 'declare -p v; printf "%q\\n" "$v"',
} as const;

function said(shell: string, script: string, v: string, locale: string): string {
  const [program = '', ...words] = shell.split(' ');
  const input = `exec 2>&1; set -x\n${script}\n`;
  const { stdout } = spawnSync(program, words, {
    input,
    env: { v, PATH: process.env['PATH'], LC_ALL: locale },
    encoding: 'utf8',
  });
  return stdout;
}

/** Letters and digits of a secret that stand in a text behind each other. */
const parts = (secret: string, shortest: number): readonly string[] =>
  secret.split(/[^a-z0-9]+/i).filter((part) => part.length >= shortest);

describe.each(shells)('%s shows nothing of a secret', (shell) => {
  const all = shell === 'bash' ? { ...scripts, ...ofBash } : scripts;
  it.each(Object.entries(all))('in %s', (name, script) => {
    // Short words stand where each has a line of its own.
    const shortest = name.startsWith('a loop') ? 8 : 4;
    for (const [what, secret] of Object.entries(secrets))
      for (const locale of ['C', 'C.UTF-8']) {
        const known = new Redactor(() => [secret]);
        const shown = known.text(said(shell, script, secret, locale));
        const left = parts(secret, shortest).filter((part) =>
          shown.replaceAll(/\\(?=[a-z0-9])/g, '').includes(part),
        );
        expect([what, locale, left, left.length > 0 ? shown : '']).toEqual([what, locale, [], '']);
      }
  });
});

describe('words of a secret', () => {
  const shownBy = (secret: string, text: string): string => new Redactor(() => [secret]).text(text);
  const sentence = (secret: string, text: string): string =>
    new Redactor(() => [secret]).sentence(text);

  it('of eight letters and digits or more are hidden alone, shorter ones stand', () => {
    expect(shownBy('correct h0rsebattery', '+ : h0rsebattery correct')).toBe('+ : *** correct');
  });

  it('that are letters only are left in our own sentences', () => {
    const secret = 'password forgotten';
    expect(shownBy(secret, 'is it forgotten')).toBe('is it ***');
    expect(sentence(secret, 'the file was forgotten')).toBe('the file was forgotten');
  });

  it('of a text with several lines or of a long one are no secrets', () => {
    const file = 'listen 127.0.0.1:8080\nroot /srv/example1\n';
    expect(shownBy(file, 'reads /srv/example1')).toBe('reads /srv/example1');
    expect(shownBy(`${'x '.repeat(200)}example12`, 'example12')).toBe('example12');
  });
});
