/**
 * Writes where writing fails; each step is named after the place. `odd-hosts.test.ts` makes the
 * places and reads the failures.
 */
import * as ts from 'tsplay';
import { play, playbook, z, type Step } from 'tsplay';
import { vars as given } from '../modules/anywhere.ts';

const vars = given.extend({ bigDigest: z.string() });
type Vars = z.output<typeof vars>;

/** What holds 200 KB and can take little more. */
const full = '/srv/full';
const readOnly = '/srv/ro';
/** A folder that may be written, with a file that may not. */
const fixed = '/srv/fixed';
const big = 'x'.repeat(400_000);

function* toFull({ web, bigDigest }: Vars, at = full): Generator<Step> {
  yield ts.copy('full: copy', { dest: `${at}/new`, content: big });
  yield ts.copy('full: copy over', { dest: `${at}/file`, content: big });
  yield ts.copy('full: backup', { dest: `${at}/file`, content: big, backup: true });
  yield ts.lineInFile('full: lineInFile', { path: `${at}/file`, line: 'one more' });
  yield ts.mirror('full: mirror', { src: 'big', dest: `${at}/pages` });
  yield ts.mirror('full: mirror into', { src: 'big', dest: at });
  yield ts.unarchive('full: unarchive', { src: 'big.tgz', dest: at });
  yield ts.unarchive('full: unarchive small', { src: 'zeros.tgz', dest: at });
  yield ts.getUrl('full: getUrl', { url: `${web}/big`, dest: `${at}/big`, sha256: bigDigest });
}

function* toReadOnly({ web, appDigest }: Vars, at = readOnly): Generator<Step> {
  const url = `${web}/app.tar`;
  yield ts.copy('readOnly: copy', { dest: `${at}/new`, content: 'x' });
  yield ts.copy('readOnly: copy over', { dest: `${at}/file`, content: 'x' });
  yield ts.copy('readOnly: unsafe', { dest: `${at}/file`, content: 'x', unsafeWrites: true });
  yield ts.lineInFile('readOnly: lineInFile', { path: `${at}/file`, line: 'one more' });
  yield ts.mirror('readOnly: mirror', { src: 'pages', dest: `${at}/pages` });
  yield ts.mirror('readOnly: mirror into', { src: 'pages', dest: at });
  yield ts.unarchive('readOnly: unarchive', { src: 'app.tgz', dest: at });
  yield ts.getUrl('readOnly: getUrl', { url, dest: `${at}/app.tar`, sha256: appDigest });
  yield ts.getUrl('readOnly: getUrl blind', { url, dest: `${at}/app.tar` });
  yield ts.file('readOnly: mode', { path: `${at}/file`, mode: '0600' });
  yield ts.file('readOnly: owner', { path: `${at}/file`, owner: 1 });
  yield ts.file('readOnly: times', { path: `${at}/file`, modified: '2020-01-01T00:00:00Z' });
  yield ts.file(
    'readOnly: touch',
    { path: `${at}/invalidated`, state: 'touch' },
    { when: () => true },
  );
  yield ts.file('readOnly: absent', { path: `${at}/file`, state: 'absent' });
  yield ts.file('readOnly: folder absent', { path: `${at}/folder`, state: 'absent' });
  yield ts.file('readOnly: folder', { path: `${at}/a/b`, state: 'directory' });
  yield ts.file('readOnly: recurse', {
    path: `${at}/folder`,
    state: 'directory',
    mode: 'o-rwx',
    recurse: true,
  });
  yield ts.file('readOnly: link', { path: `${at}/link`, state: 'link', src: 'file' });
  yield ts.file('readOnly: hard', { path: `${at}/link`, state: 'hard', src: `${at}/file` });
  yield ts.tempFile('readOnly: tempFile', { folder: at });
}

function* toFixed({ web, appDigest }: Vars, at = fixed): Generator<Step> {
  const path = `${at}/index.html`;
  yield ts.copy('fixed: copy', { dest: path, content: 'x' });
  yield ts.copy('fixed: unsafe', { dest: path, content: 'x', unsafeWrites: true });
  yield ts.replace('fixed: replace', { path, regexp: 'old', replace: 'new' });
  yield ts.mirror('fixed: mirror', { src: 'pages', dest: at });
  yield ts.mirror('fixed: mirror deletes', { src: 'big', dest: at, delete: true });
  yield ts.unarchive('fixed: unarchive', { src: 'pages.tgz', dest: at });
  yield ts.getUrl('fixed: getUrl', { url: `${web}/app.tar`, dest: path, sha256: appDigest });
  yield ts.file('fixed: mode', { path, mode: '0600' });
  yield ts.file('fixed: absent', { path, state: 'absent' });
  yield ts.file('fixed: link', { path, state: 'link', src: 'other', force: true });
}

export default playbook([
  play({
    name: 'places',
    hosts: 'all',
    vars,
    ignoreErrors: true,
    *tasks({ vars: values }) {
      yield* toFull(values);
      yield* toReadOnly(values);
      yield* toFixed(values);
    },
  }),
]);
