import { expect, test } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { timer } from '../../../engine/modules/services/timer/index.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import { unit } from '../../../engine/readers/services/unit.ts';
import { testModule } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';
import { unitOf } from '../units.ts';

const root = { name: 'root', uid: 0 };
const file = freshFile({ type: 'file', mode: '0644' }, root);
const parent = freshFile({ type: 'directory', mode: '0755' }, root);
const want: z.input<typeof timer.definition.args> = {
  name: 'backup',
  argv: ['/usr/local/bin/backup', '50% off'],
  onCalendar: 'daily',
  persistent: true,
  environment: { TARGET: 'a b$c' },
  user: 'deploy',
};
const service = `# Written by tsplay for backup.timer
[Unit]
Description=Job backup

[Service]
Type=oneshot
ExecStart=/usr/local/bin/backup "50%% off"
User=deploy
Environment="TARGET=a b$c"
`;
const times = `# Written by tsplay for backup.timer
[Unit]
Description=Times of backup

[Timer]
OnCalendar=daily
Persistent=true

[Install]
WantedBy=timers.target
`;
const text = (of: string) => textValue(Buffer.from(of));
const running = unitOf({ id: 'backup.timer', activeState: 'active', unitFileState: 'enabled' });
const there = {
  parent,
  service: file,
  serviceText: text(service),
  timer: file,
  timerText: text(times),
  unit: running,
};

const nothing = {
  service: undefined,
  serviceText: undefined,
  timer: undefined,
  timerText: undefined,
  unit: undefined,
};

testModule(
  timer,
  [
    {
      name: 'both files and a timer that waits are the same',
      want,
      is: there,
      plan: 'same',
      result: { unit: 'backup.timer', activeState: 'active', unitFileState: 'enabled' },
    },
    {
      name: 'a new timer is written, enabled and started',
      want,
      is: { parent },
      differences: [
        { what: '/etc/systemd/system/backup.service', from: 'absent' },
        { what: '/etc/systemd/system/backup.timer', from: 'absent' },
        { what: 'enabled', from: 'disabled', to: true },
        { what: 'state', from: 'inactive', to: 'started' },
      ],
      script: ['systemctl daemon-reload', 'systemctl enable -- backup.timer'],
    },
    {
      name: 'another schedule restarts the timer',
      want: { ...want, onCalendar: 'hourly' },
      is: there,
      differences: [{ what: '/etc/systemd/system/backup.timer', from: 'another one' }],
      script: ['systemctl restart -- backup.timer'],
    },
    {
      name: 'another command leaves the schedule',
      want: { ...want, argv: ['/bin/true'] },
      is: there,
      differences: [{ what: '/etc/systemd/system/backup.service', from: 'another one' }],
      script: ['systemctl start -- backup.timer'],
    },
    {
      name: 'a timer that somebody stopped is started',
      want,
      is: { ...there, unit: { ...running, activeState: 'inactive' } },
      differences: [{ what: 'state', from: 'inactive', to: 'started' }],
    },
    {
      name: 'absent stops and removes both',
      want: { name: 'backup', state: 'absent' },
      is: there,
      differences: [
        { what: '/etc/systemd/system/backup.timer', from: 'file', to: 'absent' },
        { what: '/etc/systemd/system/backup.service', from: 'file', to: 'absent' },
        { what: 'state', from: 'active', to: 'inactive' },
      ],
      invalidates: {
        paths: ['/etc/systemd/system/backup.timer', '/etc/systemd/system/backup.service'],
        readers: ['unit'],
      },
      result: { unit: 'backup.timer', activeState: 'inactive', unitFileState: '' },
      script: [
        'systemctl disable --now -- backup.timer',
        'play_remove /etc/systemd/system/backup.service -f',
      ],
    },
    {
      name: 'absent leaves a service of somebody else',
      want: { name: 'backup', state: 'absent' },
      is: { ...there, serviceText: text('[Service]\n') },
      differences: [{ what: '/etc/systemd/system/backup.timer' }, { what: 'state' }],
      script: [/^(?![^]*backup\.service)/],
    },
    {
      name: 'absent says of a timer that waits for nothing only that its file goes',
      want: { name: 'backup', state: 'absent' },
      is: {
        parent,
        timer: file,
        timerText: text(times),
        unit: { ...running, activeState: 'inactive' },
      },
      differences: [{ what: '/etc/systemd/system/backup.timer' }],
      script: ['systemctl disable --now'],
    },
    {
      name: 'absent asks systemd to stop only what it knows',
      want: { name: 'backup', state: 'absent' },
      is: { parent, timer: file, timerText: text(times) },
      script: [/^(?![^]*disable)/, 'play_remove /etc/systemd/system/backup.timer -f'],
    },
    {
      name: 'absent stops a timer whose file is gone already',
      want: { name: 'backup', state: 'absent' },
      is: { parent, unit: running },
      differences: [{ what: 'state', from: 'active', to: 'inactive' }],
      invalidates: { paths: [], readers: ['unit'] },
    },
    {
      name: 'absent leaves a unit that neither runs nor has a file',
      want: { name: 'backup', state: 'absent' },
      is: { parent, unit: { ...running, activeState: 'inactive' } },
      plan: 'same',
    },
    {
      name: 'absent where nothing is is done',
      want: { name: 'backup', state: 'absent' },
      plan: 'same',
    },
    {
      name: 'it must have times',
      want: { name: 'x', argv: ['a'] },
      fails: /give onCalendar, onBoot/,
    },
    {
      name: 'and something to start',
      want: { name: 'x', onBoot: '1h' },
      fails: /give argv or unit/,
    },
  ],
  test,
);

test('people see what the files held, and hold', () => {
  const texts = (is: Partial<typeof there>) =>
    isChange(
      planned(timer, { ...want, onCalendar: 'hourly' }, { ...nothing, parent, ...is }),
    ).differences.map(({ text: shown }) => shown?.before);
  expect(texts(there)).toEqual([times]);
  expect(texts({ unit: running })).toEqual(['', '']);
});

test('in check both files are gone behind it, and only of the timer nobody knows', () => {
  const { after } = isChange(planned(timer, { name: 'backup', state: 'absent' }, there));
  const told = (as: string) =>
    after.flatMap(({ read, answer }) => (answer.answer === as ? [read.id] : []));
  for (const name of ['timer', 'service'])
    expect(told('absent')).toContain(`text "/etc/systemd/system/backup.${name}"`);
  expect(told('unknown')).toEqual([unit('backup.timer').id]);
});

test('the files say what systemd shall do', () => {
  const plan = isChange(planned(timer, want, { ...there, ...nothing }));
  expect(scriptOf(plan).text).toContain(service.trimEnd());
  expect(scriptOf(plan).text).toContain(times.trimEnd());
});
