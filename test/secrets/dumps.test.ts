import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../engine/secrets/redact.ts';

const secret = 'canary-dump-Zq81x "\\ & end ü';
const before = 'this is the first line of it\n';
const after = '\nand this is what stands behind it\n';

/** What a program makes of a text. */
const dumped = (script: string, text: string): string =>
  execFileSync('sh', ['-c', script], { input: text, encoding: 'utf8' });

const programs = [
  'od',
  'od -b',
  'od -c',
  'od -x',
  'od -tx1',
  'od -An -v -tx1',
  'od -Ax -tx1z',
  'od -tx4 --endian=big',
  'busybox xxd',
  'busybox xxd -g1',
  'busybox hexdump',
  'busybox hexdump -C',
];

describe('a dump', () => {
  it.each(programs)('by %s shows no line of a secret, and the others', (program) => {
    const redactor = new Redactor(() => [secret]);
    const text = dumped(program, before + secret + after);
    const shown = redactor.text(text);
    const [lines, hidden] = [text, shown].map((each) => each.split('\n'));
    const changed = lines?.flatMap((line, index) => (line === hidden?.[index] ? [] : [line])) ?? [];
    expect(changed.length).toBeGreaterThan(1);
    expect(dumped(program, before).split('\n')[0]).toBe(hidden?.[0]);
    expect(shown).toContain('***');
    expect(lines?.length).toBe(hidden?.length);
    // Whole lines of 16 bytes before and behind it stay.
    expect(changed.length).toBeLessThanOrEqual(Math.ceil(Buffer.byteLength(secret) / 16) + 1);
  });

  it('of any length hides each secret in it, and no other line', () => {
    const redactor = new Redactor(() => [secret]);
    const one = 'x'.repeat(48_000) + secret.padEnd(31);
    const shown = redactor
      .text(dumped('busybox xxd', one.repeat(4)))
      .trimEnd()
      .split('\n');
    expect(shown.filter((line) => line.endsWith('***')).length).toBe(4 * 2);
    expect(shown.length).toBe(Math.ceil(Buffer.byteLength(one.repeat(4)) / 16));
  });

  it('is nothing that only looks like one', () => {
    const redactor = new Redactor(() => [secret]);
    const texts = [
      '00:1a:2b:3c:4d:5e',
      'deadbeef  app.tar',
      '0000123   a b c d',
      '12 34 56\nfoo\n',
    ];
    for (const text of texts) expect(redactor.text(text)).toBe(text);
  });
});
