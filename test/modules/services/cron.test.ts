import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { cron } from '../../../engine/modules/services/cron/index.ts';
import { editedJob } from '../../../engine/modules/services/cron/table.ts';
import { bytesOf, linesOf } from '../../../engine/modules/shared/file-lines.ts';
import { predict } from '../../../engine/module/plan.ts';
import { value } from '../../../engine/module/reader.ts';
import { crontab } from '../../../engine/readers/services/crontab.ts';
import { testModule, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { fewTools } from '../few-tools.ts';
import { isChange, planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = Omit<z.input<typeof cron.definition.args>, 'name'>;
const job = '/bin/backup --all';

const edits: readonly (readonly [string, string, Want, string | undefined])[] = [
  ['into an empty table', '', { job, hour: 2 }, `# play: b\n* 2 * * * ${job}\n`],
  [
    'after others',
    'MAILTO=""\n1 1 * * * x',
    { job },
    `MAILTO=""\n1 1 * * * x\n# play: b\n* * * * * ${job}\n`,
  ],
  ['as it is', `# play: b\n* * * * * ${job}\n`, { job }, undefined],
  [
    'another time',
    `# play: b\n1 1 * * * ${job}\n# end\n`,
    { job },
    `# play: b\n* * * * * ${job}\n# end\n`,
  ],
  ['special', '', { job, special: 'reboot' }, `# play: b\n@reboot ${job}\n`],
  [
    'disabled',
    `# play: b\n* * * * * ${job}\n`,
    { job, disabled: true },
    `# play: b\n#* * * * * ${job}\n`,
  ],
  ['enabled again', `# play: b\n#* * * * * ${job}\n`, { job }, `# play: b\n* * * * * ${job}\n`],
  [
    'lists, ranges, steps, names',
    '',
    { job, minute: '*/5', hour: '1-5,7', weekday: 'mon-fri', month: 'Jan' },
    `# play: b\n*/5 1-5,7 * Jan mon-fri ${job}\n`,
  ],
  [
    'in a file with its user',
    '',
    { job, file: 'b', user: 'deploy' },
    `# play: b\n* * * * * deploy ${job}\n`,
  ],
  ["Ansible's job", `#Ansible: b\n0 1 * * * old\n`, { job }, `#Ansible: b\n* * * * * ${job}\n`],
  [
    'a marker that lost its job',
    `# play: b\n\n# play: c\n1 1 * * * c\n`,
    { job },
    `# play: b\n* * * * * ${job}\n\n# play: c\n1 1 * * * c\n`,
  ],
  [
    'a marker above another',
    `# play: b\n# play: c\n1 1 * * * c\n`,
    { job },
    `# play: b\n* * * * * ${job}\n# play: c\n1 1 * * * c\n`,
  ],
  [
    'absent',
    `# play: a\nx\n# play: b\ny\n# play: c\nz\n`,
    { state: 'absent' },
    `# play: a\nx\n# play: c\nz\n`,
  ],
  ['absent already', `# play: bb\ny\n`, { state: 'absent' }, undefined],
];

test.each(edits)('a job comes %s', (_, before, want, after) => {
  const file = linesOf(Buffer.from(before));
  const lines = editedJob(cron.definition.args.parse({ name: 'b', ...want }), file, 'table');
  expect(lines && bytesOf(lines, file.encoding).toString()).toBe(after);
  if (!lines) return;
  const again = linesOf(bytesOf(lines, file.encoding));
  expect(
    editedJob(cron.definition.args.parse({ name: 'b', ...want }), again, 'table'),
  ).toBeUndefined();
});

test.each([
  { minute: 60 },
  { minute: '5-1' },
  { minute: '*/0' },
  { minute: '5/2' },
  { hour: '1,,2' },
  { hour: '' },
  { weekday: 'monday' },
  { month: 0 },
  { day: '1 2' },
  { file: 'a.b' },
  { user: 'a b' },
  { job: 'a\nb' },
])('%j is refused', (wrong) => {
  expect(cron.definition.args.safeParse({ name: 'b', job, ...wrong }).success).toBe(false);
});

testModule(
  cron,
  [
    { name: 'present without a job', want: { name: 'b' }, fails: /give the job/ },
    {
      name: 'special and a field',
      want: { name: 'b', job, special: 'daily', hour: 1 },
      fails: /special or the five fields/,
    },
    {
      name: 'a job twice is for a person to decide',
      want: { name: 'b', job },
      is: { table: Buffer.from('# play: b\nx\n# play: b\nx\n') },
      fails: /names the job 'b' on lines 1, 3/,
    },
    {
      name: 'a file in a folder that is missing',
      want: { name: 'b', job, file: 'b' },
      fails: /\/etc\/cron.d is missing/,
    },
    { name: 'absent without a table', want: { name: 'b', state: 'absent' }, plan: 'same' },
  ],
  test,
);

test('check knows the table that will be there', () => {
  const plan = isChange(planned(cron, { name: 'b', job }, { table: undefined }));
  const bytes = Buffer.from(`# play: b\n* * * * * ${job}\n`);
  expect(plan.differences).toEqual([
    {
      what: 'job b',
      from: 'absent',
      to: `* * * * * ${job}`,
      text: { path: 'crontab of root', before: '', after: bytes.toString() },
    },
  ]);
  expect(plan.after).toEqual([predict(crontab({ user: 'root' }), value(bytes))]);
});

/** Stands for the host's cron, which this machine need not have: one table a user in a folder. */
function tables(): { readonly path: string; readonly tools: string } {
  const path = folder();
  chmodSync(path, 0o777);
  const tools = folder();
  writeFileSync(
    `${tools}/crontab`,
    `#!/bin/sh
user=$(id -un)
if [ "$1" = -u ]; then
  [ "$user" = root ] || { echo 'must be privileged to use -u' >&2; exit 1; }
  user=$2; shift 2
fi
case $1 in
-l) [ -e ${path}/"$user" ] || { echo "no crontab for $user" >&2; exit 1; }; cat ${path}/"$user" ;;
-r) rm ${path}/"$user" ;;
-) cat > ${path}/"$user" ;;
esac
`,
    { mode: 0o755 },
  );
  return { path, tools };
}

describe.each(['dash', 'bash'] as const)('crontab under %s', (shell) => {
  const at = ({ tools }: { tools: string }, uid?: number) =>
    new TestHost({
      shell,
      environment: { PATH: `${tools}:/usr/bin:/bin` },
      ...(uid !== undefined && { uid }),
    });

  test('a job is installed once, changed and removed with its table', async () => {
    const table = tables();
    const host = at(table);
    const args = { name: "it's", job: `printf '%s' "$HOME" \`id\` \\%`, user: 'nobody' };
    expect((await host.apply(cron, args)).changed).toBe(true);
    expect(readFileSync(`${table.path}/nobody`, 'utf8')).toBe(
      `# play: it's\n* * * * * ${args.job}\n`,
    );
    expect((await host.apply(cron, args)).changed).toBe(false);
    expect((await host.apply(cron, { ...args, minute: 1 })).changed).toBe(true);
    expect((await host.apply(cron, { ...args, state: 'absent' })).changed).toBe(true);
    expect(existsSync(`${table.path}/nobody`)).toBe(false);
  });

  test('bytes of others in the table stay, UTF-8 or not', async () => {
    const table = tables();
    writeFileSync(`${table.path}/root`, Buffer.from([0x23, 0xc3, 0x28, 0x0a]));
    await at(table).apply(cron, { name: 'é', job });
    const start = Buffer.from([0x23, 0xc3, 0x28, 0x0a]);
    const added = Buffer.from(`# play: é\n* * * * * ${job}\n`);
    expect(readFileSync(`${table.path}/root`).equals(Buffer.concat([start, added]))).toBe(true);
  });

  test('the own table needs no privilege, another one does and is denied', async () => {
    const table = tables();
    const nobody = at(table, 65534);
    expect((await nobody.apply(cron, { name: 'b', job, user: 'nobody' })).changed).toBe(true);
    expect(await nobody.ask([crontab({ user: 'root' })])).toEqual([
      { answer: 'denied', why: 'must be privileged to use -u' },
    ]);
  });

  test('of a user without one, and of nobody known, the table is absent', async () => {
    const answers = await at(tables()).ask([
      crontab({ user: 'no-such-user' }),
      crontab({ user: 'root' }),
    ]);
    expect(answers).toEqual([{ answer: 'absent' }, { answer: 'absent' }]);
  });

  test('where the apply does nothing, the step fails its verification', async () => {
    const { tools } = tables();
    const idle = new TestHost({
      shell,
      skipApply: true,
      environment: { PATH: `${tools}:/usr/bin:/bin` },
    });
    await expect(idle.apply(cron, { name: 'b', job })).rejects.toThrow('applied, but');
  });
});

test('a host without cron has no table', async () => {
  const tools = fewTools([]);
  const host = new TestHost({ shell: 'dash', environment: { PATH: tools.path } });
  expect(await host.ask([crontab({ user: 'root' })])).toEqual([{ answer: 'absent' }]);
  tools.remove();
});
