/** A play that replaces five kinds of things, each with a handler, and what shows that it did. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from './project.ts';

export type Version = 'one' | 'two';

/** What is replaced, and the file that tells by its content which version is there. */
const parts = ['small', 'big', 'line', 'mirror', 'archive'] as const;
const entries = [1, 2, 3, 4, 5, 6];

/** @param hosts hosts.yaml @param dest folder on the host, which is this machine */
export function replacingProject(hosts: string, dest: string): Project {
  const project = new Project({ 'hosts.yaml': hosts, 'site.ts': site(dest) });
  for (const version of ['one', 'two'] as const) {
    project.write(`files/big-${version}`, bigOf(version));
    for (const entry of entries) {
      project.write(`files/mirror-${version}/entry-${entry}`, textOf(version));
      project.write(`files/archive-${version}/entry-${entry}`, textOf(version));
    }
    const [archive, folder] = ['.tgz', ''].map((end) =>
      project.path(`files/archive-${version}${end}`),
    );
    execFileSync('tar', ['-czf', archive ?? '', '-C', folder ?? '', '.']);
  }
  mkdirSync(join(dest, 'archive'), { recursive: true });
  mkdirSync(join(dest, 'mirror'));
  writeFileSync(join(dest, 'line'), `${'# a line\n'.repeat(2000)}version=none\n`);
  return project;
}

const textOf = (version: Version): string => `${version}\n`.repeat(500);

/** 5 MB that no prefix of it can be taken for. */
function bigOf(version: Version): Buffer {
  const block = createHash('sha512').update(version).digest();
  return Buffer.alloc(5 * 1024 * 1024, block);
}

/** Each handler notes what it found: served is what it saw last. */
const site = (dest: string): string => `
import { copy, handler, lineInFile, mirror, play, playbook, shell, unarchive } from 'tsplay';
const version = process.env['VERSION'];
const dest = ${JSON.stringify(dest)};
export default playbook([play({ name: 'replace', hosts: 'all', *tasks() {
  const served = (name, path) => handler(shell(\`serve \${name}\`, {
    script: \`cksum <\${dest}/\${path} >\${dest}/served-\${name}\`,
  }));
  yield copy('small', { content: \`\${version}\\n\`.repeat(500), dest: \`\${dest}/small\` },
    { notify: served('small', 'small') });
  yield copy('big', { src: \`files/big-\${version}\`, dest: \`\${dest}/big\` },
    { notify: served('big', 'big') });
  yield lineInFile('line', { path: \`\${dest}/line\`, regexp: '^version=', line: \`version=\${version}\` },
    { notify: served('line', 'line') });
  yield mirror('mirror', { src: \`files/mirror-\${version}\`, dest: \`\${dest}/mirror\`, delete: true },
    { notify: served('mirror', 'mirror/entry-6') });
  yield unarchive('archive', { src: \`files/archive-\${version}.tgz\`, dest: \`\${dest}/archive\` },
    { notify: served('archive', 'archive/entry-6') });
} })]);
`;

/** Paths that hold a version, and their content by version. */
function expected(version: Version): ReadonlyMap<string, string> {
  const text = digestOf(textOf(version));
  const line = digestOf(`${'# a line\n'.repeat(2000)}version=${version}\n`);
  return new Map([
    ['small', text],
    ['big', digestOf(bigOf(version))],
    ['line', line],
    ...entries.flatMap((entry) =>
      ['mirror', 'archive'].map((part) => [`${part}/entry-${entry}`, text] as const),
    ),
  ]);
}

const digestOf = (bytes: string | Buffer): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Paths below `dest` that hold neither version whole. */
export function torn(dest: string): readonly string[] {
  const [one, two] = [expected('one'), expected('two')];
  return [...one].flatMap(([path, digest]) => {
    const found = digestOf(readFileSync(join(dest, path)));
    return found === digest || found === two.get(path) ? [] : [path];
  });
}

/** Temporary files and folders of ours. */
export function litter(dest: string): readonly string[] {
  const found = readdirSync(dest, { recursive: true, encoding: 'utf8' });
  return found.filter((path) => path.split('/').some((name) => /^\.play-(?!unpacked-)/.test(name)));
}

/** What is not as that version is, its handlers included. */
export function amiss(dest: string, version: Version): readonly string[] {
  const contents = [...expected(version)].flatMap(([path, digest]) =>
    digestOf(readFileSync(join(dest, path))) === digest ? [] : [`${path} is not ${version}`],
  );
  const handlers = parts.flatMap((part) => {
    const path = part === 'mirror' || part === 'archive' ? `${part}/entry-6` : part;
    const now = execFileSync('cksum', { input: readFileSync(join(dest, path)), encoding: 'utf8' });
    return readFileSync(join(dest, `served-${part}`), 'utf8') === now ? [] : [`${part} not served`];
  });
  return [...contents, ...handlers];
}
