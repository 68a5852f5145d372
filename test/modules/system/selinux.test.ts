import { describe, expect, test } from 'vitest';
import { selinux } from '../../../engine/modules/system/selinux.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import { testModule, TestHost } from '../../../engine/testing.ts';
import { aFile } from '../a-file.ts';

const text = (of: string) => textValue(Buffer.from(of));
const config = (state: string) => ({
  file: aFile(),
  text: text(`# SELINUX= can take one of three values\nSELINUX=${state}\nSELINUXTYPE=targeted\n`),
});

describe('selinux', () => {
  test('a system that has none is left alone', async () => {
    expect(await new TestHost().plan(selinux, { state: 'disabled' })).toMatchObject({
      plan: 'same',
      result: { state: 'absent', rebootRequired: false },
    });
  });

  testModule(
    selinux,
    [
      {
        name: 'enforcing becomes permissive, now and at boot, and only its own line changes',
        want: { state: 'permissive' },
        is: { ...config('enforcing'), live: text('1') },
        plan: 'change',
        differences: [
          { what: 'running', from: 'enforcing', to: 'permissive' },
          { what: 'at boot', from: 'enforcing', to: 'permissive' },
        ],
        script: ['>/sys/fs/selinux/enforce', 'SELINUX=permissive', 'SELINUXTYPE=targeted'],
        result: { rebootRequired: false },
      },
      {
        name: 'what is permissive already is the same',
        want: { state: 'permissive' },
        is: { ...config('permissive'), live: text('0') },
        plan: 'same',
      },
      {
        name: 'disabled is written for the next boot, which is asked for',
        want: { state: 'disabled' },
        is: { ...config('enforcing'), live: text('1') },
        plan: 'change',
        result: { state: 'disabled', rebootRequired: true },
      },
      {
        name: 'a system that was booted without it needs a reboot to have it',
        want: { state: 'enforcing' },
        is: config('enforcing'),
        plan: 'same',
        result: { rebootRequired: true },
      },
      {
        name: 'disabled for good is the same',
        want: { state: 'disabled' },
        is: config('disabled'),
        plan: 'same',
        result: { rebootRequired: false },
      },
      {
        name: 'a file without the setting gets it',
        want: { state: 'permissive' },
        is: { file: aFile(), text: text('SELINUXTYPE=targeted\n'), live: text('0') },
        plan: 'change',
        differences: [{ what: 'at boot', from: 'unset' }],
      },
    ],
    test,
  );
});
