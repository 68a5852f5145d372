import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { absent, value } from '../../../engine/module/reader.ts';
import { kernelModule, moduleLines } from '../../../engine/readers/system/kernel-module.ts';
import { runScript, shells, TestHost } from '../../../engine/testing.ts';
import { folder } from '../asking.ts';

/** A host's /proc, /sys and /lib/modules in a folder. */
function kernel(): (script: string) => string {
  const root = folder();
  const put = (path: string, content: string) => {
    mkdirSync(`${root}${path.slice(0, path.lastIndexOf('/'))}`, { recursive: true });
    writeFileSync(root + path, content);
  };
  put(
    '/proc/modules',
    'nf_conntrack 172032 1 nf_nat, Live 0x0\nnf_conntrack_ftp 16384 0 - Live 0x0\n',
  );
  put('/proc/filesystems', 'nodev\tsysfs\nnodev\toverlay\n\text4\n');
  put(
    '/lib/modules/6.1/modules.builtin',
    'kernel/drivers/net/veth.ko\nkernel/net/br-netfilter.ko\n',
  );
  put(
    '/lib/modules/6.1/modules.dep',
    'kernel/net/netfilter/ipvs/ip_vs.ko.xz: kernel/lib/libcrc32c.ko.xz\nkernel/net/ip-vs-not.ko:\n',
  );
  put('/sys/module/nf_conntrack/parameters/hashsize', '65536\n');
  put('/sys/module/nf_conntrack/parameters/acct', 'N\n');
  put('/sys/module/kvm/parameters/x', '1\n');
  return (script) =>
    `uname() { printf '6.1\\n'; }\n${script.replaceAll(/(?<![\w.])\/(proc|sys|lib\/modules)\b/g, `${root}/$1`)}`;
}

const names = [
  'nf_conntrack',
  'br_netfilter',
  'overlay',
  'ext4',
  'ip_vs',
  'kvm',
  'veth',
  'conntrack',
  'ip_vs_not',
  'crc32c',
];

describe.each(shells)('under %s', (shell) => {
  test('loaded, built-in and loadable modules are told apart, whole names only', async () => {
    const script = kernel()(kernelModule.definition.script(names, 'mark'));
    const output = await runScript(script, { shell });
    const answers = kernelModule.definition.parse(
      // paths in the output are those of the folder
      {
        ...output,
        stdout: Buffer.from(
          output.stdout.toString().replaceAll(/\S*\/sys\/module/g, '/sys/module'),
        ),
      },
      names,
      'mark',
    );
    const of = (state: string, parameters = {}) => expect.objectContaining({ state, parameters });
    expect(answers).toEqual([
      value(of('loaded', { hashsize: '65536', acct: 'N' })),
      value(of('built in')),
      value(of('built in')),
      value(of('built in')),
      value(of('available')),
      value(of('built in', { x: '1' })),
      value(of('built in')),
      absent,
      value(of('available')),
      absent,
    ]);
  });

  test('this machine answers without an error', async () => {
    const [nothing, lines] = await new TestHost({ shell }).ask<unknown>([
      kernelModule('no-such-module'),
      moduleLines('all'),
    ]);
    expect(nothing).toEqual(absent);
    expect(lines).toMatchObject({ answer: 'value' });
  });
});

test('both spellings are one question', () => {
  expect(kernelModule('br-netfilter').id).toBe(kernelModule('br_netfilter').id);
});
