/** What a step can do to a system: units, their files and names, users, groups. */
import fc from 'fast-check';
import { quoted, type At, type Call } from './source.ts';

export const units = ['fz-one', 'fz-two'] as const;
export const accounts = ['fza', 'fzb'] as const;

/** Whether the text of a step names a unit or an account. */
export const isOfSystem = (text: string): boolean => /\bfz(?:-\w|[ab]\b)|daemon-reload/.test(text);

const unit = fc.constantFrom(...units);
const account = fc.constantFrom(...accounts);
const seconds = fc.constantFrom(1000, 2000);

const call =
  (module: string, args: string | ((at: At) => string)) =>
  (at: At): Call => ({ module, args: typeof args === 'string' ? args : args(at) });

const unitFile = (name: string): string => `/etc/systemd/system/${name}.service`;
const text = (time: number): string =>
  `[Service]\nExecStart=/bin/sleep ${time}\n\n[Install]\nWantedBy=multi-user.target\n`;
const settle = 'settle: { stable: 0, atMost: 3 }';

const unitSteps = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(unit, seconds)
      .map(([name, time]) =>
        call('systemdUnit', `{ unit: '${name}.service', content: ${quoted(text(time))} }`),
      ),
  },
  fc
    .tuple(unit, seconds)
    .map(([name, time]) =>
      call(
        'systemdUnit',
        `{ unit: '${name}.service', dropIn: 'more', sections: { Service: { Environment: 'A=${time}' } } }`,
      ),
    ),
  unit.map((name) => call('systemdUnit', `{ unit: '${name}.service', state: 'absent' }`)),
  fc
    .tuple(unit, seconds)
    .map(([name, time]) =>
      call('copy', `{ dest: '${unitFile(name)}', content: ${quoted(text(time))} }`),
    ),
  fc.constant(
    call(
      'file',
      `{ path: '${unitFile('fz-two')}', state: 'link', src: '${unitFile('fz-one')}', force: true }`,
    ),
  ),
  {
    weight: 3,
    arbitrary: fc
      .tuple(unit, fc.constantFrom('started', 'stopped'))
      .map(([name, state]) => call('systemd', `{ unit: '${name}', state: '${state}', ${settle} }`)),
  },
  fc
    .tuple(unit, fc.boolean())
    .map(([name, is]) => call('systemd', `{ unit: '${name}', enabled: ${is}, ${settle} }`)),
  fc
    .tuple(unit, fc.boolean())
    .map(([name, is]) => call('systemd', `{ unit: '${name}', masked: ${is}, ${settle} }`)),
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        unit,
        fc.constantFrom('start', 'stop', 'enable', 'disable', 'mask', 'unmask', 'daemon-reload'),
        fc.constantFrom('', `, invalidates: 'host'`, `, invalidates: { readers: ['unit'] }`),
      )
      .map(([name, verb, invalidates]) => {
        const of = verb === 'daemon-reload' ? '' : ` ${name}`;
        return call(
          'shell',
          `{ script: 'systemctl -q ${verb}${of} 2>/dev/null || :'${invalidates} }`,
        );
      }),
  },
);

const accountSteps = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(account, fc.constantFrom('present', 'absent'))
      .map(([name, state]) => call('user', `{ name: '${name}', state: '${state}' }`)),
  },
  fc
    .tuple(account, account)
    .map(([name, group]) =>
      call('user', `{ name: '${name}', groups: ['${group}'], append: true }`),
    ),
  fc
    .tuple(account, fc.constantFrom('present', 'absent'))
    .map(([name, state]) => call('group', `{ name: '${name}', state: '${state}' }`)),
  fc
    .tuple(account, fc.constantFrom('f', 'real/x', 'current/x', 'theirs/x'))
    .map(([name, path]) => call('file', (at) => `{ path: ${at(path)}, owner: '${name}' }`)),
  fc
    .tuple(account, fc.constantFrom('g', 'real/new'))
    .map(([name, path]) =>
      call('copy', (at) => `{ dest: ${at(path)}, content: 'A\\n', group: '${name}' }`),
    ),
  {
    weight: 2,
    arbitrary: fc
      .tuple(account, fc.constantFrom('useradd -m', 'userdel -r', 'groupadd', 'usermod -L'))
      .map(([name, program]) => call('shell', `{ script: '${program} ${name} 2>/dev/null || :' }`)),
  },
);

/** Handlers that serve a unit. */
export const servedOnSystem = unit.map((name) =>
  call('systemd', `{ unit: '${name}', state: 'restarted', ${settle} }`),
);

export const deedsOnSystem = fc.oneof(unitSteps, accountSteps);
