/** Files: `stat`, `readlink`, `sha256sum`, `find` and `grep`, of coreutils and of busybox. */
import { createHash } from 'node:crypto';
import { absent } from '../../../engine/module/reader.ts';
import { file } from '../../../engine/readers/files/file.ts';
import { listing } from '../../../engine/readers/files/listing.ts';
import { text, textValue } from '../../../engine/readers/files/text.ts';
import { tree } from '../../../engine/readers/files/tree.ts';
import { unpacked } from '../../../engine/readers/files/unpacked.ts';
import { denied, is, recording, type Recording, type System } from './recording.ts';

const prepare = `rm -rf /srv/files; mkdir -p /srv/files/tree/below; cd /srv/files
printf 'one\\ntwo\\n' >plain; chmod 0640 plain; chown nobody:mail plain; touch -d '2020-02-29 12:00 UTC' plain
: >empty; ln -s plain link; ln -s nowhere dangling; ln -s /srv/files/tree absolute; ln plain hard
mkfifo fifo; mkdir -m 3770 sticky; chown 4711:4712 sticky
n="od'd \\"\\$x
\\\\ ü"; printf odd >"$n"
mkdir closed; printf secret >closed/inside; ln -s closed/inside through; chmod 0700 closed
printf '\\000\\377binary\\r\\n' >bytes; printf 'last line' >unfinished; head -c 300000 /dev/zero >large; printf x >secret; chmod 0600 secret
printf a >tree/a; printf b >'tree/below/b b'; ln -s a tree/below/link
mkdir -p chain/below/b\\ b; printf c >"chain/below/b b/$n"; chmod 0750 chain/below
mkdir unpacked; printf 1 >unpacked/kept; printf 2 >unpacked/changed
(cd unpacked; printf 'app-1.tgz strip 1\\n' >.of; sha256sum kept changed >>.of; printf '%064d  gone\\n' 0 >>.of; printf 3 >changed)`;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const odd = 'od\'d "$x\n\\ ü';

const asRoot = (on: System, version: string): readonly Recording[] => [
  recording({ on, version, prepare }, [
    [
      file({ path: '/srv/files/plain', digest: true }),
      is({
        type: 'file',
        mode: '0640',
        owner: 'nobody',
        group: 'mail',
        uid: 65534,
        gid: 8,
        size: 8,
        links: 2,
        modified: 1582977600,
        digest: sha256('one\ntwo\n'),
      }),
    ],
    [file({ path: '/srv/files/nope' }), absent],
    [file({ path: '/srv/files/plain/below' }), absent],
    [file({ path: '/srv/files/link' }), is({ type: 'link', target: 'plain' })],
    [
      file({ path: '/srv/files/link', follow: true }),
      is({ type: 'file', mode: '0640', realPath: '/srv/files/plain' }),
    ],
    [
      file({ path: '/srv/files/dangling', follow: true }),
      is({ type: 'link', target: 'nowhere', realPath: '/srv/files/nowhere' }),
    ],
    [
      file({ path: '/srv/files/absolute', follow: true, digest: true }),
      is({ type: 'directory', realPath: '/srv/files/tree' }),
    ],
    [file({ path: '/srv/files/fifo' }), is({ type: 'fifo' })],
    [
      file({ path: '/srv/files/sticky' }),
      is({ type: 'directory', mode: '3770', owner: '4711', group: '4712' }),
    ],
    [file({ path: `/srv/files/${odd}`, digest: true }), is({ size: 3, digest: sha256('odd') })],
    [file({ path: '/dev/null' }), is({ type: 'character', mode: '0666' })],
    [file({ path: '/' }), is({ type: 'directory', owner: 'root' })],
  ]),
  recording({ on, version }, [
    [
      tree('/srv/files/chain'),
      is({
        kind: 'tree',
        entries: [
          { path: '/srv/files/chain/below', type: 'directory', mode: '0750' },
          { path: '/srv/files/chain/below/b b', type: 'directory', mode: '0755' },
          { path: `/srv/files/chain/below/b b/${odd}`, type: 'file', mode: '0644', size: 1 },
        ],
      }),
    ],
    [tree('/srv/files/plain'), absent],
    [tree('/srv/files/nope'), absent],
    [tree('/srv/files/closed'), is({ kind: 'tree' })],
  ]),
  recording({ on, version }, [
    [
      listing({ path: '/srv/files/tree', depth: 1 }),
      is({
        kind: 'listing',
        entries: [
          { path: '/srv/files/tree/a', type: 'file' },
          { path: '/srv/files/tree/below', type: 'directory' },
        ],
      }),
    ],
    [
      listing({ path: '/srv/files', contains: '^tw[o]$' }),
      is({
        kind: 'listing',
        entries: [{ path: '/srv/files/hard' }, { path: '/srv/files/plain' }],
      }),
    ],
    [listing({ path: '/srv/files/plain' }), is({ kind: 'not a folder' })],
    [listing({ path: '/srv/files/nope' }), absent],
  ]),
  recording({ on, version }, [
    [text('/srv/files/bytes'), is(textValue(Buffer.from([0, 255, ...Buffer.from('binary\r\n')])))],
    [text('/srv/files/empty'), is(textValue(Buffer.alloc(0)))],
    [text('/srv/files/unfinished'), is(textValue(Buffer.from('last line')))],
    [text('/srv/files/link'), is(textValue(Buffer.from('one\ntwo\n')))],
    [text('/srv/files/tree'), is({ kind: 'not a file' })],
    [text('/srv/files/dangling'), absent],
    [text('/srv/files/nope'), absent],
  ]),
  recording({ on, version }, [
    [
      unpacked({ folder: '/srv/files/unpacked', marker: '.of', verify: true }),
      is({ of: 'app-1.tgz strip 1', differing: ['changed', 'gone'] }),
    ],
    [
      unpacked({ folder: '/srv/files/unpacked', marker: '.of', verify: false }),
      is({ of: 'app-1.tgz strip 1', differing: [] }),
    ],
    [unpacked({ folder: '/srv/files/tree', marker: '.of', verify: true }), absent],
  ]),
];

const nobody = { on: 'debian-12-nobody', version: 'stat --version' } as const;
const hidden = (path: string) => denied(`a folder on the way to ${path} cannot be searched`);

export const files: readonly Recording[] = [
  ...asRoot('debian-12', 'stat --version; find --version; grep --version'),
  ...asRoot('debian-12-busybox', 'busybox'),
  recording(nobody, [
    [file({ path: '/srv/files/plain', digest: true }), is({ owner: 'nobody', size: 8 })],
    [file({ path: '/srv/files/secret' }), is({ mode: '0600', owner: 'root' })],
    [file({ path: '/srv/files/secret', digest: true }), denied('/srv/files/secret cannot be read')],
    [file({ path: '/srv/files/closed/inside' }), hidden('/srv/files/closed/inside')],
    [file({ path: '/srv/files/closed/nope' }), hidden('/srv/files/closed/nope')],
    [file({ path: '/srv/files/through' }), is({ type: 'link', target: 'closed/inside' })],
    [file({ path: '/srv/files/through', follow: true }), hidden('/srv/files/through')],
    [file({ path: '/srv/files/nope' }), absent],
  ]),
  recording(nobody, [
    [text('/srv/files/plain'), is(textValue(Buffer.from('one\ntwo\n')))],
    [text('/srv/files/secret'), denied('/srv/files/secret cannot be read')],
    [text('/srv/files/closed/inside'), denied('/srv/files/closed/inside cannot be read')],
    [text('/srv/files/nope'), absent],
  ]),
  recording(nobody, [
    [listing({ path: '/srv/files/closed/below' }), hidden('/srv/files/closed/below')],
    [
      listing({ path: '/srv/files', depth: 1, contains: 'x' }),
      denied('files below /srv/files cannot be read'),
    ],
  ]),
];
