/** Several steps as one script: each is done only where those before it succeeded. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { byScript } from '../../../engine/module/alteration.ts';
import { composeAlterations } from '../../../engine/module/compose/compose.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { rawScript, sh } from '../../../engine/shell/script.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { compose, makes, stateOf, step, writes } from './steps.ts';

const script = (text: string) => step(byScript('anything', rawScript(text)));

describe.each(shells)('under %s', (shell) => {
  test('folders are made and files written in them, each with its mode and owner', async () => {
    const at = folder();
    const { ended, said } = await compose(
      [
        makes(`${at}/a`),
        writes(`${at}/a/x`, 'x'),
        makes(`${at}/a/b`, { mode: '2750', owner: `0:${nobody}` }),
        writes(`${at}/a/b/y`, "it's\n", { mode: '0640', owner: `${nobody}:${nobody}` }),
        writes(`${at}/z`, '', { mode: '4755' }),
      ],
      { shell },
    );
    expect([ended, said]).toEqual([['done', 'done', 'done', 'done', 'done'], '']);
    expect(stateOf(at)).toEqual([
      'a 0755 /',
      'a/b 2750 /',
      "a/b/y 0640 it's\n",
      'a/x 0644 x',
      'z 4755 ',
    ]);
    expect(statSync(`${at}/a/b/y`).uid).toBe(nobody);
    expect(statSync(`${at}/a/b`).gid).toBe(nobody);
  });

  test('behind a step that fails nothing is done, and before it everything', async () => {
    const at = folder();
    const outcome = await compose(
      [
        writes(`${at}/a`, 'new'),
        writes(`${at}/b`, 'new'),
        writes(`${at}/gone/c`, 'new'),
        writes(`${at}/d`, 'new'),
        makes(`${at}/e`),
      ],
      { shell },
    );
    expect(outcome.ended).toEqual(['done', 'done', 'failed', 'not begun', 'not begun']);
    expect(outcome.said).toMatch(/^cannot write .*\/gone\/c: its folder .*\/gone is missing/);
    expect(stateOf(at)).toEqual(['a 0644 new', 'b 0644 new']);
  });

  test.each([
    ['an owner that is unknown', { owner: 'no-such-user' }, /no-such-user/],
    ['content that did not arrive whole', {}, /arrived incomplete/],
    ['a validation that says no', { validate: 'grep -q old %s' }, /did not pass validation: grep/],
    ['a file that changed since it was read', { expect: contentOf('?').digest }, /changed since/],
    ['a file that appeared', { expect: 'absent' }, /appeared since/],
  ])('%s is told of its own step', async (what, of, message) => {
    const at = folder();
    for (const name of ['a', 'b', 'c']) writeFileSync(`${at}/${name}`, 'old');
    const digest = contentOf('longer').digest;
    const cut = { hostPath: `${at}/a`, size: 6, digest };
    const content = what.startsWith('content') ? cut : contentOf('new');
    const outcome = await compose(
      [
        writes(`${at}/a`, 'new'),
        step({ kind: 'write', path: `${at}/b`, mode: '0644', content, ...of }),
        writes(`${at}/c`, 'new'),
      ],
      { shell },
    );
    expect(outcome.ended).toEqual(['done', 'failed', 'not begun']);
    expect(outcome.said).toMatch(message);
    expect(stateOf(at)).toEqual(['a 0644 new', 'b 0644 old', 'c 0644 old']);
  });

  test('a validation sees the files of the steps before it, and no later one', async () => {
    const at = folder();
    const validate = `cat ${at}/a %s >${at}/seen; ! test -e ${at}/c`;
    const { ended } = await compose(
      [writes(`${at}/a`, 'one '), writes(`${at}/b`, 'two', { validate }), writes(`${at}/c`, '')],
      { shell },
    );
    expect(ended).toEqual(['done', 'done', 'done']);
    expect(readFileSync(`${at}/seen`, 'utf8')).toBe('one two');
  });

  test('what scripts print belongs to their steps, marks and broken lines included', async () => {
    const { script: composed, outcomes } = composeAlterations([
      script('printf "no line feed"'),
      script('set; alias; printf "0\\n1 2\\n" >&2'),
      script('printf out; printf err >&2; exit 7'),
      script('printf never'),
    ]);
    const output = await runScript(composed, { shell });
    const all = outcomes({ ...output, stderr: Buffer.from(output.stderr) });
    expect(all.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'failed', 'not begun']);
    const [first, second, third] = all.map((each) => ('output' in each ? each.output : undefined));
    expect(first?.stdout.toString()).toBe('no line feed');
    expect(second?.stderr.toString()).toBe('0\n1 2\n');
    expect([third?.code, third?.stdout.toString(), third?.stderr.toString()]).toEqual([
      7,
      'out',
      'err',
    ]);
  });

  test('a script neither ends nor changes the shell of the steps behind it', async () => {
    const at = folder();
    const { ended } = await compose(
      [
        writes(`${at}/a`, ''),
        script(`cd ${at}; set -e; umask 0; trap 'exit 9' 0; play_good=no; exit 0`),
        writes(`${at}/b`, 'b'),
        script('false; true'),
        writes(`${at}/c`, 'c'),
      ],
      { shell },
    );
    // Its own trap ends it with 9.
    expect(ended).toEqual(['done', 'failed', 'not begun', 'not begun', 'not begun']);
    const more = await compose(
      [
        script(`cd ${at}; set -e; umask 0; PATH=/nowhere; exit 0`),
        writes(`${at}/b`, 'b'),
        script('false; true'),
        writes(`${at}/c`, 'c'),
      ],
      { shell },
    );
    expect(more.ended).toEqual(['done', 'done', 'done', 'done']);
    expect(stateOf(at)).toEqual(['a 0644 ', 'b 0644 b', 'c 0644 c']);
  });

  test('steps that look at what an earlier one made find it', async () => {
    const at = folder();
    mkdirSync(`${at}/old`);
    writeFileSync(`${at}/old/file`, 'old');
    const { ended, said } = await compose(
      [
        writes(`${at}/file`, 'first'),
        writes(`${at}/file`, 'second', { expect: contentOf('first').digest, backup: true }),
        step({ kind: 'remove', path: `${at}/old`, withAllBelow: true }),
        makes(`${at}/new`),
        writes(`${at}/new/file`, 'new'),
        step({ kind: 'link', path: `${at}/old`, target: 'new', hard: false }),
        step(
          { kind: 'leads to', path: `${at}/old/file`, to: `${at}/new/file` },
          { kind: 'write', path: `${at}/new/file`, mode: '0600', content: contentOf('newer') },
          { kind: 'time', path: `${at}/new/file`, which: 'modified', to: 86_400 },
        ),
      ],
      { shell },
    );
    expect([said, ended]).toEqual(['', Array.from({ length: 7 }, () => 'done')]);
    expect(readFileSync(`${at}/file`, 'utf8')).toBe('second');
    const [kept = ''] = readdirSync(at).filter((name) => name.endsWith('~'));
    expect(readFileSync(`${at}/${kept}`, 'utf8')).toBe('first');
    expect(readFileSync(`${at}/old/file`, 'utf8')).toBe('newer');
    expect(statSync(`${at}/new/file`).mtimeMs).toBe(86_400_000);
  });

  test('names of every kind are taken literally', async () => {
    const at = folder();
    const names = ['a b', "it's", '*', '$HOME', 'back\\slash', 'line\nfeed', '-n', '[x]', '"'];
    const { ended, said } = await compose(
      names.flatMap((name) => [
        makes(`${at}/${name}`),
        writes(`${at}/${name}/${name}`, name, { validate: 'test -s %s' }),
      ]),
      { shell },
    );
    expect([said, new Set(ended)]).toEqual(['', new Set(['done'])]);
    for (const name of names) expect(readFileSync(`${at}/${name}/${name}`, 'utf8')).toBe(name);
    expect(readdirSync(at).toSorted()).toEqual(names.toSorted());
  });

  test('bytes that no script can hold come as streams, in their order', async () => {
    const at = folder();
    const bytes = (fill: number) => Buffer.alloc(100_000, Buffer.from([0, fill, 255]));
    const { ended, said } = await compose(
      [
        writes(`${at}/a`, bytes(1)),
        writes(`${at}/b`, 'b'),
        writes(`${at}/c`, bytes(2)),
        writes(`${at}/d`, Buffer.from([0, 1, 255])),
      ],
      { shell },
    );
    expect([said, ended]).toEqual(['', ['done', 'done', 'done', 'done']]);
    expect(readFileSync(`${at}/a`).equals(bytes(1))).toBe(true);
    expect(readFileSync(`${at}/c`).equals(bytes(2))).toBe(true);
    expect(readFileSync(`${at}/d`)).toEqual(Buffer.from([0, 1, 255]));
  });

  test('a link that a file replaces may lead to a folder', async () => {
    const at = folder();
    mkdirSync(`${at}/real`);
    symlinkSync('real', `${at}/link`);
    const { ended, said } = await compose(
      [writes(`${at}/a`, 'a'), writes(`${at}/link`, 'file', { replacesLink: true })],
      { shell },
    );
    expect([said, ended]).toEqual(['', ['done', 'done']]);
    expect(stateOf(at)).toEqual(['a 0644 a', 'link 0644 file', 'real 0755 /']);
  });

  test('more files than one command line is given', async () => {
    const at = folder();
    const names = Array.from({ length: 300 }, (_, index) => `file-${index}`);
    const { ended, said } = await compose(
      names.map((name) => writes(`${at}/${name}`, name, { mode: '0600' })),
      { shell },
    );
    expect([said, new Set(ended), ended.length]).toEqual(['', new Set(['done']), 300]);
    expect(readdirSync(at)).toHaveLength(300);
  }, 60_000);
});

test('each file is on the disk, with owner and mode, before it has its name', async () => {
  const at = folder();
  const trace = `${folder()}/trace`;
  const calls = 'trace=openat,open,chmod,fchmodat,fchownat,chown,rename,renameat2,fsync,fdatasync';
  const { ended } = await compose(
    ['a', 'b', 'c'].map((name) =>
      writes(`${at}/${name}`, name, { mode: '0640', owner: `${nobody}:${nobody}` }),
    ),
    { wrap: ['strace', '-f', '-y', '-e', calls, '-o', trace] },
  );
  expect(ended).toEqual(['done', 'done', 'done']);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const temps = [
    ...new Set(
      lines.flatMap(
        (line) => /"[^"]*(\/\.play-[0-9a-f]+-\d+-\d+-\d+)", O_WRONLY.*O_EXCL/.exec(line)?.[1] ?? [],
      ),
    ),
  ];
  expect(temps).toHaveLength(3);
  for (const temp of temps) {
    const where = (...parts: string[]) =>
      lines.findIndex((line) => parts.every((part) => line.includes(part)));
    const order = [
      where('O_EXCL', `${temp}"`),
      where('chown', `${temp}"`),
      where('chmod', `${temp}"`),
      where('sync(', `${temp}>`),
      where('rename', `${temp}"`),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  const renamed = lines.findLastIndex((line) => line.includes('rename'));
  expect(
    lines.findIndex((line) => line.includes('sync(') && line.includes(`${at}>`)),
  ).toBeGreaterThan(renamed);
});

test('one step is what it was: no frames, and its own exit code', async () => {
  const { script: one, outcomes } = composeAlterations([step(byScript('anything', sh`exit 3`))]);
  const output = await runScript(one);
  expect([one.text, output.code]).toEqual(['exit 3', 3]);
  const all = outcomes({ ...output, stderr: Buffer.from(output.stderr) });
  expect(all.map(({ outcome }) => outcome)).toEqual(['failed']);
});
