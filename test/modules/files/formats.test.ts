import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { formats } from './formats.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const mark = '\uFEFF';

test.each(formats.filter(({ isText }) => !isText))(
  'a file of $name is refused with line and column where it is none',
  (format) => {
    const [broken, place] = format.sample.broken ?? [];
    for (const by of ['set', 'remove'] as const) {
      expect(format.refused(broken ?? '', by)).toContain(`FILE:${place}: `);
    }
  },
);

describe.each(formats)('a file of $name', (format) => {
  const { text, change } = format.sample;
  const changed = text.replace(...change);

  test('changes where it is told to, and nowhere else', () => {
    expect(changed).not.toBe(text);
    expect(format.edited(text, 'set').toString()).toBe(changed);
  });

  test('stays as it is where it is right, or where nothing is to be taken away', () => {
    expect(format.planned(text, 'same')).toBe('same');
    expect(format.planned(changed, 'set')).toBe('same');
    expect(format.planned(text, 'missing')).toBe('same');
  });

  test('gets what it lacks, and is the same again when that goes', () => {
    const more = format.edited(text, 'add').toString();
    expect(more.length).toBeGreaterThan(text.length);
    expect(format.edited(more, 'remove').toString()).toBe(text);
  });

  test('keeps CRLF', () => {
    expect(format.edited(crlf(text), 'set').toString()).toBe(crlf(changed));
    const more = format.edited(text, 'add').toString();
    expect(format.edited(crlf(text), 'add').toString()).toBe(crlf(more));
    expect(format.edited(crlf(more), 'remove').toString()).toBe(crlf(text));
  });

  test('may end without a newline', () => {
    const open = text.slice(0, -1);
    expect(format.edited(open, 'set').toString()).toBe(changed.slice(0, -1));
    const more = format.edited(open, 'add').toString();
    expect(more.trimEnd()).toBe(format.edited(text, 'add').toString().trimEnd());
  });

  test('keeps a byte order mark', () => {
    expect(format.edited(mark + text, 'set').toString()).toBe(mark + changed);
    expect(format.planned(mark + text, 'same')).toBe('same');
  });

  test('keeps bytes that are not UTF-8, or is refused', () => {
    const odd = Buffer.concat([Buffer.from('# '), Buffer.from([0xff, 0x0a]), Buffer.from(text)]);
    if (format.isText) {
      const after = Buffer.concat([odd.subarray(0, 4), Buffer.from(changed)]);
      expect(format.edited(odd, 'set')).toEqual(after);
    } else expect(format.refused(odd, 'set')).toBe('FILE is not UTF-8');
  });

  test.each(shells)('is written once under %s', async (shell) => {
    expect(await format.applied(text, 'set', { shell })).toBe(changed);
  });

  test('whose writing does nothing fails its verification', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, text);
    const idle = new TestHost({ skipApply: true });
    await expect(format.applyTo(idle, path)).rejects.toThrow('applied, but');
  });

  test('that may not be read is denied', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, text, { mode: 0o600 });
    const user = new TestHost({ uid: nobody });
    await expect(format.applyTo(user, path)).rejects.toThrow('cannot be read');
  });
});

test.each(formats.filter(({ hides }) => hides))(
  'a file of $name holds a secret that is never shown',
  async (format) => {
    const { text, change } = format.sample;
    const path = `${folder()}/file`;
    writeFileSync(path, text.replace(change[0], change[0].replace('1', '"old-secret"')));
    const host = new TestHost({ diff: true });
    const { plan } = await format.applyHidden(host, path, 'hunter2');
    expect(plan).toMatchObject({ plan: 'change' });
    const differences = plan.plan === 'change' ? plan.differences : [];
    expect(JSON.stringify(differences)).not.toMatch(/hunter2|old-secret/);
    expect(readFileSync(path, 'utf8')).toContain('hunter2');
  },
);
