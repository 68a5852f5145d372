import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { file } from '../../../engine/readers/files/file.ts';
import { runScript, shells, TestHost } from '../../../engine/testing.ts';
import { askOne, folder, nobody, valueOf } from '../asking.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const strangeNames = [
  'with space',
  ' leading and trailing ',
  'new\nline',
  'ends in newline\n',
  '-rf',
  '--',
  "it's",
  'double"quote',
  'back\\slash',
  'carriage\rreturn',
  '$HOME `id` $(id)',
  '*?[a]',
  'ünïcödé ☃',
  '#hash;semi&and|pipe',
  '%s %f',
];

describe.each(shells)('file reader under %s', (shell) => {
  test('type, mode, owner, size and times of a file', async () => {
    const path = `${folder()}/one`;
    writeFileSync(path, 'hello');
    chmodSync(path, 0o640);
    chownSync(path, nobody, 0);
    utimesSync(path, 1_500_000_000, 1_600_000_000);
    const { inode, device, ...value } = await valueOf(file({ path, digest: true }), { shell });
    expect(value).toEqual({
      type: 'file',
      mode: '0640',
      owner: 'nobody',
      group: 'root',
      uid: nobody,
      gid: 0,
      size: 5,
      links: 1,
      modified: 1_600_000_000,
      accessed: 1_500_000_000,
      digest: sha256('hello'),
    });
    expect([inode, device]).toEqual([statSync(path).ino, statSync(path).dev]);
  });

  test('an owner without a name is its number', async () => {
    const path = `${folder()}/one`;
    writeFileSync(path, '');
    chownSync(path, 54_321, 54_322);
    const value = await valueOf(file({ path }), { shell });
    expect([value.owner, value.group]).toEqual(['54321', '54322']);
  });

  test('set-id and sticky bits are in the mode', async () => {
    const path = folder();
    execFileSync('chmod', ['7755', path]);
    expect((await valueOf(file({ path }), { shell })).mode).toBe('7755');
  });

  test('each kind of thing has its type', async () => {
    const at = folder();
    mkdirSync(`${at}/folder`);
    execFileSync('mkfifo', [`${at}/fifo`]);
    execFileSync('mknod', [`${at}/block`, 'b', '7', '200']);
    const paths = [`${at}/folder`, `${at}/fifo`, `${at}/block`, '/dev/null'];
    const answers = await new TestHost({ shell }).ask(paths.map((path) => file({ path })));
    expect(answers.map((one) => (one.answer === 'value' ? one.value.type : one.answer))).toEqual([
      'directory',
      'fifo',
      'block',
      'character',
    ]);
  });

  test('names of every kind are answered, digest included, in the order of the keys', async () => {
    const at = folder();
    for (const name of strangeNames) writeFileSync(`${at}/${name}`, name);
    const reads = [...strangeNames, 'not there'].map((name) =>
      file({ path: `${at}/${name}`, digest: true }),
    );
    const answers = await new TestHost({ shell }).ask(reads);
    expect(answers.map((one) => (one.answer === 'value' ? one.value.digest : one.answer))).toEqual([
      ...strangeNames.map(sha256),
      'absent',
    ]);
  });

  test('a link is itself, with its target, or what it points to, with where that is', async () => {
    const at = folder();
    writeFileSync(`${at}/real one`, 'text');
    symlinkSync('real one', `${at}/link`);
    expect(await valueOf(file({ path: `${at}/link`, digest: true }), { shell })).toMatchObject({
      type: 'link',
      target: 'real one',
    });
    const followed = await valueOf(file({ path: `${at}/link`, follow: true, digest: true }), {
      shell,
    });
    expect(followed).toMatchObject({
      type: 'file',
      realPath: `${at}/real one`,
      digest: sha256('text'),
    });
    expect(followed.target).toBeUndefined();
  });

  test('a link that dangles is reported as a link, not as absent', async () => {
    const at = folder();
    symlinkSync('gone\nand lost', `${at}/link`);
    const value = await valueOf(file({ path: `${at}/link`, follow: true, digest: true }), {
      shell,
    });
    expect(value).toMatchObject({ type: 'link', target: 'gone\nand lost' });
  });

  test('a link to itself is a link', async () => {
    const at = folder();
    symlinkSync('loop', `${at}/loop`);
    const value = await valueOf(file({ path: `${at}/loop`, follow: true }), { shell });
    expect(value).toMatchObject({ type: 'link', target: 'loop' });
  });

  test('hard links share inode and count', async () => {
    const at = folder();
    writeFileSync(`${at}/a`, '');
    linkSync(`${at}/a`, `${at}/b`);
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => valueOf(file({ path: `${at}/${name}` }), { shell })),
    );
    expect(a?.inode).toBe(b?.inode);
    expect(a?.links).toBe(2);
  });

  test('what lies under a missing folder or under a file is absent', async () => {
    const at = folder();
    writeFileSync(`${at}/plain`, '');
    const paths = [`${at}/no/such/file`, `${at}/plain/below`, `${at}/plain/far/below`];
    const answers = await new TestHost({ shell }).ask(paths.map((path) => file({ path })));
    expect(answers.map((one) => one.answer)).toEqual(['absent', 'absent', 'absent']);
  });

  test('what lies behind a folder that cannot be searched is denied, not absent', async () => {
    const at = folder();
    mkdirSync(`${at}/closed/inner`, { recursive: true });
    writeFileSync(`${at}/closed/inner/file`, '');
    symlinkSync(`${at}/closed/inner`, `${at}/way in`);
    chmodSync(`${at}/closed`, 0o700);
    const paths = ['closed/inner/file', 'closed/inner/nothing', 'way in/file', 'way in'];
    const reads = paths.map((path) => file({ path: `${at}/${path}`, follow: true }));
    const answers = await new TestHost({ shell, uid: nobody }).ask(reads);
    expect(answers.map((one) => one.answer)).toEqual(['denied', 'denied', 'denied', 'denied']);
  });

  test('a digest that may not be taken is denied; without a digest the file is answered', async () => {
    const path = `${folder()}/secret`;
    writeFileSync(path, 'x');
    chmodSync(path, 0o600);
    const options = { shell, uid: nobody };
    expect(await askOne(file({ path, digest: true }), options)).toEqual({
      answer: 'denied',
      why: `${path} cannot be read`,
    });
    expect((await valueOf(file({ path }), options)).mode).toBe('0600');
  });

  test('far more paths than fit on a command line are answered', async () => {
    const at = folder();
    const names = Array.from({ length: 1500 }, (_, index) => `${'x'.repeat(80)}${index}`);
    for (const name of names.slice(0, 40)) writeFileSync(`${at}/${name}`, name);
    const reads = names.map((name) => file({ path: `${at}/${name}`, digest: true }));
    const answers = await new TestHost({ shell }).ask(reads);
    const found = answers.filter((one) => one.answer === 'value');
    expect(found.map((one) => one.value.digest)).toEqual(names.slice(0, 40).map(sha256));
    expect(answers.filter((one) => one.answer === 'absent')).toHaveLength(1460);
  });
});

test('one stat, one readlink and one sha256sum answer all paths', async () => {
  const at = folder();
  for (let index = 0; index < 30; index += 1) {
    writeFileSync(`${at}/${index}`, '');
    symlinkSync(`${index}`, `${at}/link ${index}`);
  }
  const reads = Array.from({ length: 30 }, (_, index) => [
    file({ path: `${at}/${index}`, digest: true }),
    file({ path: `${at}/link ${index}` }),
  ]).flat();
  const trace = `${at}/trace`;
  await new TestHost({ wrap: ['strace', '-f', '-e', 'trace=execve', '-o', trace] }).ask(reads);
  const started = execFileSync('grep', ['-c', 'execve(.*) = 0', trace], { encoding: 'utf8' });
  // strace's own start of the shell is the fourth
  expect(Number(started)).toBe(4);
});

test('a file that goes while it is read spoils no other answer', async () => {
  const at = folder();
  const tools = folder();
  for (const name of ['a', 'b', 'c']) writeFileSync(`${at}/${name}`, name);
  writeFileSync(`${tools}/stat`, `#!/bin/sh\nrm -f '${at}/b'\nexec /usr/bin/stat "$@"\n`, {
    mode: 0o755,
  });
  const keys = ['a', 'b', 'c'].map((name) => ({ path: `${at}/${name}`, digest: true }));
  const script = `PATH=${tools}:$PATH\n${file.definition.script(keys, 'MARK')}`;
  const answers = file.definition.parse(await runScript(script), keys, 'MARK');
  expect(answers.map((one) => (one.answer === 'value' ? one.value.digest : one.answer))).toEqual([
    sha256('a'),
    'absent',
    sha256('c'),
  ]);
});

test('a tool that is missing is denied with its message, never absent', async () => {
  const path = `${folder()}/one`;
  writeFileSync(path, '');
  const tools = folder();
  const output = await runScript(`PATH=${tools}\n${file.definition.script([{ path }], 'MARK')}`);
  const [answer] = file.definition.parse(output, [{ path }], 'MARK');
  expect(answer).toMatchObject({ answer: 'denied', why: expect.stringContaining('stat') });
});

test('equal questions have equal ids, however they are written', () => {
  const plain = file({ path: '/etc/hosts' });
  expect(file({ path: '/etc//./hosts/', follow: false, digest: false }).id).toBe(plain.id);
  expect(file({ digest: true, path: '/etc/hosts' }).id).toBe(
    file({ path: '/etc/hosts', digest: true }).id,
  );
});

test('an answer that is cut short is an error, not absence', () => {
  const output = { stdout: Buffer.from('MARK#aaa'), stderr: '', code: 0 };
  expect(() => file.definition.parse(output, [{ path: '/a' }], 'MARK')).toThrow('cut short');
});
