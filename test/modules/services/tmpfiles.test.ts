import { expect, test } from 'vitest';
import type { z } from 'zod';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { tmpfiles } from '../../../engine/modules/services/tmpfiles.ts';
import { file } from '../../../engine/readers/files/file.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { testModule } from '../../../engine/testing.ts';
import { isChange, planned, wanted } from '../planning.ts';

const root = { name: 'root', uid: 0 };
const parent = freshFile({ type: 'directory', mode: '0755' }, root);
const want: z.input<typeof tmpfiles.definition.args> = {
  name: 'app',
  entries: [
    { type: 'd', path: '/run/app', mode: '0750', user: 'app' },
    { type: 'L+', path: '/run/link', argument: 'app' },
    { type: 'z', path: '/run/*.sock', mode: '0660' },
  ],
};
const text = 'd /run/app 0750 app - -\nL+ /run/link - - - - app\nz /run/*.sock 0660 - - -\n';
const own = freshFile({ type: 'file', mode: '0644', digest: contentOf(text).digest }, root);
const made = freshFile({ type: 'directory', mode: '0750', owner: 'app', uid: 7 }, root);
const link = freshFile({ type: 'link', mode: '0777', target: 'app' }, root);
const there = { file: own, parent, '/run/app': made, '/run/link': link };

testModule(
  tmpfiles,
  [
    { name: 'file and what it makes are there: the same', want, is: there, plan: 'same' },
    {
      name: 'a new file is written and carried out',
      want,
      is: { parent },
      differences: [
        { what: 'state', from: 'absent', to: 'file' },
        { what: '/run/app', from: 'absent', to: 'directory' },
        { what: '/run/link', from: 'absent', to: 'link' },
      ],
      script: ['d /run/app 0750 app - -', 'systemd-tmpfiles --create -- /etc/tmpfiles.d/app.conf'],
      invalidates: { paths: ['/etc/tmpfiles.d/app.conf', '/run/app', '/run/link', '/run'] },
    },
    {
      name: 'a file of other lines is written anew, one of another mode gets its own back',
      want,
      is: { ...there, file: { ...own, mode: '0600', digest: contentOf('other').digest } },
      differences: [{ what: 'content' }, { what: 'mode', from: '0600', to: '0644' }],
      script: ['play_put'],
    },
    {
      name: 'what was removed is made again',
      want,
      is: { ...there, '/run/app': undefined },
      differences: [{ what: '/run/app', from: 'absent', to: 'directory' }],
      script: [/^(?![^]*play_put)/, 'systemd-tmpfiles --create'],
    },
    {
      name: 'another mode and another link are set right',
      want,
      is: {
        ...there,
        '/run/app': { ...made, mode: '0777' },
        '/run/link': { ...link, target: 'x' },
      },
      differences: [
        { what: 'mode of /run/app', from: '0777', to: '0750' },
        { what: '/run/link', from: 'x', to: 'app' },
      ],
    },
    {
      name: 'of what a line makes only what it says of mode and owner counts',
      want: { name: 'app', entries: [{ type: 'f', path: '/run/f' }] },
      is: {
        file: freshFile(
          { type: 'file', mode: '0644', digest: contentOf('f /run/f - - - -\n').digest },
          root,
        ),
        parent,
        '/run/f': { ...own, mode: '0600', owner: 'x' },
      },
      plan: 'same',
    },
    {
      name: 'a mode that spares what is there is left to systemd',
      want: {
        name: 'app',
        entries: [{ type: 'd', path: '/run/app', mode: ':0700', group: 'app' }],
      },
      is: { parent, '/run/app': made },
      differences: [
        { what: 'state', from: 'absent', to: 'file' },
        { what: 'group of /run/app', from: made.group, to: 'app' },
      ],
    },
    {
      name: 'a link that is there stays where it is not to be replaced',
      want: { name: 'app', entries: [{ type: 'L', path: '/run/link', argument: 'new' }] },
      is: { parent, '/run/link': link },
      differences: [{ what: 'state', from: 'absent', to: 'file' }],
    },
    {
      name: 'a link to be replaced takes the place of a file',
      want: { name: 'app', entries: [{ type: 'L+', path: '/run/link', argument: 'new' }] },
      is: { parent, '/run/link': own },
      differences: [
        { what: 'state', from: 'absent', to: 'file' },
        { what: '/run/link', from: 'file', to: 'new' },
      ],
    },
    {
      name: 'what is made at boot alone, of many names, or not at all is not missed',
      want: {
        name: 'app',
        entries: [
          { type: 'd!', path: '/run/boot' },
          { type: 'd', path: '/run/user-%u/x' },
          { type: 'f', path: '/run/a[12]' },
          { type: 'r', path: '/run/gone' },
          { type: 'F', path: '/run/file' },
        ],
      },
      is: { parent },
      differences: [
        { what: 'state', from: 'absent', to: 'file' },
        { what: '/run/file', from: 'absent', to: 'file' },
      ],
      invalidates: {
        paths: ['/etc/tmpfiles.d/app.conf', '/run/boot', '/run', '/run', '/run/gone', '/run/file'],
      },
    },
    {
      name: 'a link in place of a file is told',
      want: { name: 'app', entries: [{ type: 'f', path: '/run/f' }] },
      is: { parent, '/run/f': link },
      fails: /\/run\/f is a link, not a file/,
    },
    {
      name: 'a file in place of a folder is told',
      want,
      is: { ...there, '/run/app': own },
      fails: /\/run\/app is a file, not a directory/,
    },
    {
      name: 'absent removes the file alone',
      want: { name: 'app', state: 'absent' },
      is: { file: own, parent },
      differences: [{ what: 'state', from: 'file', to: 'absent' }],
      script: ['play_remove /etc/tmpfiles.d/app.conf -f'],
      invalidates: { paths: ['/etc/tmpfiles.d/app.conf'] },
    },
    {
      name: 'absent where nothing is is done',
      want: { name: 'app', state: 'absent' },
      plan: 'same',
    },
    { name: 'present needs entries', want: { name: 'app' }, fails: /needs entries/ },
    {
      name: 'a type is one',
      want: { name: 'a', entries: [{ type: '1', path: '/x' }] },
      fails: /is no type/,
    },
    ...[
      { type: 'd+!', path: 'run' },
      { type: 'd', path: '/a b' },
      { type: 'd', path: '/a', mode: '9' },
      { type: 'd', path: '/a', user: 'a b' },
      { type: 'd', path: '/a', argument: 'two\nlines' },
    ].map((entry) => ({
      name: `${JSON.stringify(entry)} is refused`,
      want: { name: 'a', entries: [entry] },
      fails: /./,
    })),
  ],
  test,
);

test('in check what it makes is unknown, under its link and behind it', () => {
  const { after } = isChange(planned(tmpfiles, want, { ...there, '/run/app': undefined }));
  const unknown = after.filter(({ answer }) => answer.answer === 'unknown');
  expect(unknown.map(({ read }) => read)).toEqual(
    ['/run/app', '/run/link'].flatMap((path) => [file({ path }), file({ path, follow: true })]),
  );
});

test('it asks for its file and for what its lines make, and for no more once it is to go', () => {
  const asked = (of: typeof want) => {
    const { definition } = tmpfiles;
    const reads = definition.reads?.(wanted(tmpfiles, of), { get: () => undefined });
    return Object.keys(reads ?? {}).toSorted();
  };
  expect(asked(want)).toEqual(['/run/app', '/run/link', 'file', 'parent']);
  expect(asked({ ...want, state: 'absent' })).toEqual(['file', 'parent']);
});

test('the accounts of its lines must be there, while it is to be there', () => {
  const { definition } = tmpfiles;
  const named = (of: typeof want) => Object.keys(definition.refers?.(wanted(tmpfiles, of)) ?? {});
  expect(named(want)).toHaveLength(1);
  expect(named({ ...want, state: 'absent' })).toEqual([]);
});
