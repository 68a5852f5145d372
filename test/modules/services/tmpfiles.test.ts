import { test } from 'vitest';
import type { z } from 'zod';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { tmpfiles } from '../../../engine/modules/services/tmpfiles.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { testModule } from '../../../engine/testing.ts';

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
      touches: { paths: ['/etc/tmpfiles.d/app.conf', '/run/app', '/run/link', '/run'] },
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
      script: ['rm -f -- /etc/tmpfiles.d/app.conf'],
      touches: { paths: ['/etc/tmpfiles.d/app.conf'] },
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
  ],
  test,
);
