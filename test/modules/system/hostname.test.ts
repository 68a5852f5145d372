import { describe, expect, test } from 'vitest';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { hostname } from '../../../engine/modules/system/hostname.ts';
import { timezone } from '../../../engine/modules/system/timezone.ts';
import { absent, value } from '../../../engine/module/reader.ts';
import { hostname as readHostname } from '../../../engine/readers/system/hostname.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import { timezone as readTimezone } from '../../../engine/readers/system/timezone.ts';
import { runScript, shells, TestHost, testModule } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { isChange, planned } from '../planning.ts';

const root = { name: 'root', uid: 0, home: '/root' };
const now = (live: string, content: string) => ({
  live,
  parent: freshFile({ type: 'directory', mode: '0755' }, root),
  file: freshFile({ type: 'file', mode: '0644' }, root),
  text: textValue(Buffer.from(content)),
});

describe('hostname', () => {
  testModule(
    hostname,
    [
      {
        name: 'is the same where kernel and file have it',
        want: { name: 'web-1' },
        is: now('web-1', '# mine\nweb-1\n'),
        plan: 'same',
      },
      {
        name: 'is set in the kernel',
        want: { name: 'web-1' },
        is: now('localhost', 'web-1\n'),
        differences: [{ what: 'host name', from: 'localhost', to: 'web-1' }],
        script: ['hostname web-1'],
      },
      {
        name: 'is set in the file',
        want: { name: 'web-1' },
        is: now('web-1', 'old\n'),
        differences: [{ what: 'at boot', from: 'old', to: 'web-1' }],
      },
      {
        name: 'is set in the kernel only once the file has it',
        want: { name: 'web-1' },
        is: now('localhost', 'old\n'),
        differences: [{ what: 'at boot' }, { what: 'host name' }],
        script: [/play_put \/etc\/hostname[^]*\|\| exit "\$play_ended"[^]*hostname web-1/],
      },
      {
        name: 'is written where there is no file',
        want: { name: 'web-1' },
        is: { live: 'web-1', parent: freshFile({ type: 'directory', mode: '0755' }, root) },
        differences: [{ what: 'at boot', from: 'absent' }],
      },
    ],
    test,
  );

  test('comments of the file stay', () => {
    const plan = isChange(planned(hostname, { name: 'new' }, now('new', '# mine\nold\n')));
    const text = plan.after.find(({ read }) => read.reader.name === 'text')?.answer;
    expect(text?.answer === 'value' && (text.value as { bytes: Buffer }).bytes.toString()).toBe(
      '# mine\nnew\n',
    );
  });

  test.each(['-a', 'a-', 'a..b', 'a_b', '', 'x'.repeat(65)])('%j is refused', (name) => {
    expect(hostname.definition.args.safeParse({ name }).success).toBe(false);
  });

  test.each(shells)('the kernel’s name is read under %s', async (shell) => {
    const [answer] = await new TestHost({ shell }).ask([readHostname()]);
    const { stdout } = await runScript('uname -n', { shell });
    expect(answer).toEqual(value(stdout.toString().trim()));
  });
});

describe('timezone', () => {
  testModule(
    timezone,
    [
      {
        name: 'is the same',
        want: { name: 'Europe/Berlin' },
        is: { now: { zone: 'Europe/Berlin', file: undefined } },
        plan: 'same',
      },
      {
        name: 'is set',
        want: { name: 'Europe/Berlin' },
        is: { now: { zone: 'Etc/UTC', file: undefined } },
        differences: [{ what: 'time zone', from: 'Etc/UTC', to: 'Europe/Berlin' }],
        script: [/^(?![\s\S]*etc\/timezone)/],
      },
      {
        name: 'of a copied file is set',
        want: { name: 'UTC' },
        is: { now: { zone: '', file: undefined } },
        differences: [{ from: 'unnamed' }],
      },
      {
        name: 'is set in Debian’s second file too',
        want: { name: 'UTC' },
        is: { now: { zone: 'UTC', file: 'Etc/UTC' } },
        differences: [{ what: '/etc/timezone', from: 'Etc/UTC', to: 'UTC' }],
        script: ['/etc/timezone'],
      },
      {
        name: 'that is not installed says what to install',
        want: { name: 'Mars/Olympus' },
        fails: /no time zone Mars\/Olympus/,
      },
    ],
    test,
  );

  test.each(['../../etc/passwd', '/etc/passwd', 'Europe/', 'a b'])('%j is refused', (name) => {
    expect(timezone.definition.args.safeParse({ name }).success).toBe(false);
  });

  test.each(shells)('link, file and installed zones are read under %s', async (shell) => {
    const at = folder();
    const zones = ['Europe/Berlin', 'Mars/Olympus'];
    const script = readTimezone.definition
      .script(zones, 'm')
      .replaceAll('/etc/', `${at}/etc/`)
      .replaceAll('"/usr/share', `"${at}/usr/share`);
    const made = `mkdir -p ${at}/etc ${at}/usr/share/zoneinfo/Europe; : >${at}/usr/share/zoneinfo/Europe/Berlin
ln -s ../usr/share/zoneinfo/Asia/Tokyo ${at}/etc/localtime; printf 'Asia/Tokyo\\n' >${at}/etc/timezone`;
    const output = await runScript(`${made}\n${script}`, { shell });
    expect(readTimezone.definition.parse(output, zones, 'm')).toEqual([
      value({ zone: 'Asia/Tokyo', file: 'Asia/Tokyo' }),
      absent,
    ]);
  });
});
