import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { modprobe } from '../../../engine/modules/system/modprobe/index.ts';
import { value, type Read } from '../../../engine/module/reader.ts';
import { moduleLines, type KernelModule } from '../../../engine/readers/system/kernel-module.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import { runScript, testModule } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';

const is = (state: KernelModule['state'], parameters: Record<string, string> = {}) => ({
  module: { name: 'nf_conntrack', state, parameters },
});
const module = 'nf-conntrack';

describe('the kernel', () => {
  testModule(
    modprobe,
    [
      {
        name: 'has it loaded',
        want: { module },
        is: is('loaded'),
        plan: 'same',
        result: { module: 'nf_conntrack', state: 'loaded' },
      },
      { name: 'has it built in (D15)', want: { module }, is: is('built in'), plan: 'same' },
      {
        name: 'can load it',
        want: { module, params: { hashsize: 1024, acct: true } },
        is: is('available'),
        differences: [
          { what: 'nf_conntrack', from: 'not loaded', to: 'loaded hashsize=1024 acct=Y' },
        ],
        script: ['modprobe -- nf_conntrack hashsize=1024 acct=Y'],
        invalidates: {
          paths: ['/proc/', '/sys/', '/dev/'],
          readers: ['kernelModule', 'sysctl'],
          reads: [],
        },
      },
      {
        name: 'would load it, in check, and what else that brings nobody knows',
        want: { module },
        is: is('available'),
        check: true,
        invalidates: { paths: [], readers: ['kernelModule', 'sysctl'], reads: [] },
      },
      {
        name: 'has nothing of that name',
        want: { module },
        fails: /the kernel 6\.1\.0 has no module nf_conntrack/,
      },
      {
        name: 'need not unload what is not loaded',
        want: { module, state: 'absent' },
        is: is('available'),
        plan: 'same',
      },
      {
        name: 'unloads',
        want: { module, state: 'absent' },
        is: is('loaded'),
        script: ['modprobe -r -- nf_conntrack'],
      },
      {
        name: 'cannot unload what is built in',
        want: { module, state: 'absent' },
        is: is('built in'),
        fails: /built into the kernel/,
      },
      {
        name: 'shows booleans as letters',
        want: { module, params: { acct: true, helper: 0 } },
        is: is('loaded', { acct: 'Y', helper: 'N' }),
        plan: 'same',
      },
      {
        name: 'has another parameter (D15)',
        want: { module, params: { hashsize: 1024 } },
        is: is('loaded', { hashsize: '65536' }),
        differences: [{ what: 'nf_conntrack hashsize', from: '65536', to: '1024' }],
        script: ['/sys/module/nf_conntrack/parameters/hashsize'],
      },
      {
        name: 'may load it anew for a parameter',
        want: { module, params: { hashsize: 1024 }, reload: true },
        is: is('loaded', { hashsize: '65536' }),
        script: ['modprobe -r -- nf_conntrack && modprobe -- nf_conntrack hashsize=1024'],
      },
    ],
    test,
  );

  test('says which parameters it does not show', () => {
    const plan = planned(modprobe, { module, params: { secret: 1 } }, is('loaded'));
    expect(plan.plan).toBe('same');
    expect(plan.notes).toEqual(['the kernel does not show the parameter secret of nf_conntrack']);
  });

  test('that cannot set a parameter says what to do', async () => {
    const plan = isChange(
      planned(modprobe, { module, params: { hashsize: 1 } }, is('loaded', { hashsize: '2' })),
    );
    const script = scriptOf(plan).text.replaceAll(
      '/sys/module/nf_conntrack/parameters/hashsize',
      '/proc/version',
    );
    const { code, stderr } = await runScript({ ...scriptOf(plan), text: script });
    expect(code).toBe(1);
    expect(stderr).toContain('add reload: true');
  });
});

type Files = Readonly<Record<string, string>>;

/** The files afterwards, as predicted. */
function filesAfter(want: z.input<typeof modprobe.definition.args>, files: Files): Files {
  const all = Object.entries(files).flatMap(([path, content]) =>
    content
      .split('\n')
      .filter((line) => /^\s*[A-Za-z0-9]/.test(line))
      .map((text) => ({ path, text })),
  );
  const root = { name: 'root', uid: 0, home: '/root' };
  const lines = moduleLines('all');
  const known = {
    get: <V>(read: Read<V>) => (read.id === lines.id ? value(all as V) : undefined),
  };
  const reads = modprobe.definition.reads?.(modprobe.definition.args.parse(want), known) ?? {};
  const now = Object.keys(reads).map((name) => {
    const content = files[name.slice(name.indexOf(' ') + 1)];
    if (name.startsWith('parent '))
      return [name, freshFile({ type: 'directory', mode: '0755' }, root)];
    if (content === undefined) return [name, undefined];
    if (name.startsWith('text ')) return [name, textValue(Buffer.from(content))];
    return [name, freshFile({ type: 'file', mode: '0644' }, root)];
  });
  const values = { ...Object.fromEntries(now), ...is('loaded'), lines: all };
  const plan = planned(modprobe, want, values);
  if (plan.plan === 'same') return files;
  const written = isChange(plan).after.flatMap(({ read, answer }) =>
    read.reader.name === 'text' && answer.answer === 'value'
      ? [[String(read.key), (answer.value as { bytes: Buffer }).bytes.toString()]]
      : [],
  );
  return { ...files, ...Object.fromEntries(written) };
}

describe('at boot', () => {
  const load = '/etc/modules-load.d/nf_conntrack.conf';
  const options = '/etc/modprobe.d/nf_conntrack.conf';
  const on = { module, persistent: true };

  test.each([
    ['a file of its own', on, {}, { [load]: 'nf_conntrack\n' }],
    [
      'named elsewhere, by either spelling',
      on,
      { '/etc/modules': '# x\nnf-conntrack\n' },
      { '/etc/modules': '# x\nnf-conntrack\n' },
    ],
    [
      'a longer name is another module',
      on,
      { '/etc/modules': 'nf_conntrack_ftp\n' },
      { '/etc/modules': 'nf_conntrack_ftp\n', [load]: 'nf_conntrack\n' },
    ],
    [
      'with parameters',
      { ...on, params: { hashsize: 10, acct: true } },
      {},
      { [load]: 'nf_conntrack\n', [options]: 'options nf_conntrack hashsize=10 acct=Y\n' },
    ],
    [
      'several parameters on one line: only the wanted one changes (D15)',
      { ...on, params: { b: 3 } },
      {
        [load]: 'nf_conntrack\n',
        '/etc/modprobe.d/x.conf': '# mine\n\noptions  nf-conntrack a=1 b=2 c\noptions other b=2\n',
      },
      {
        [load]: 'nf_conntrack\n',
        '/etc/modprobe.d/x.conf': '# mine\n\noptions  nf-conntrack a=1 b=3 c\noptions other b=2\n',
      },
    ],
    [
      'a further parameter joins the line',
      { ...on, params: { d: 4 } },
      { [load]: 'nf_conntrack\n', '/etc/modprobe.d/x.conf': 'options nf_conntrack a=1' },
      { [load]: 'nf_conntrack\n', '/etc/modprobe.d/x.conf': 'options nf_conntrack a=1 d=4' },
    ],
    [
      'right already',
      { ...on, params: { a: 1 } },
      { [load]: 'nf_conntrack\n', '/etc/modprobe.d/x.conf': 'options nf_conntrack a=1\n' },
      { [load]: 'nf_conntrack\n', '/etc/modprobe.d/x.conf': 'options nf_conntrack a=1\n' },
    ],
    [
      'no more: its lines go, everything else stays byte for byte (D15)',
      { module, persistent: false },
      {
        '/etc/modules': 'loop\n\n  nf-conntrack  \n# end',
        '/etc/modprobe.d/x.conf': 'options nf_conntrack a=1\nblacklist pcspkr\n',
      },
      { '/etc/modules': 'loop\n\n# end', '/etc/modprobe.d/x.conf': 'blacklist pcspkr\n' },
    ],
    ['not at all', { module, persistent: false }, {}, {}],
  ])('%s', (_, want, before, after) => {
    expect(filesAfter(want, before)).toEqual(after);
    expect(filesAfter(want, after)).toEqual(after);
  });
});

test('a module that shall be absent takes no params and is not loaded at boot', () => {
  const want = modprobe.definition.args.parse({
    module,
    state: 'absent',
    params: { a: 1 },
    persistent: true,
  });
  expect(modprobe.definition.mistakes?.(want)).toHaveLength(2);
});

test.each(['../x', 'a b', 'a;b'])('%j is no name', (name) => {
  expect(modprobe.definition.args.safeParse({ module: name }).success).toBe(false);
});
