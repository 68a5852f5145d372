/**
 * The work that every engine does, as data: what a host is to look like. One folder holds most of
 * it, so that many bench hosts can stand on one machine.
 */
export type Work =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: string }
  | {
      readonly kind: 'copy';
      readonly path: string;
      readonly mode: string;
      readonly content: string;
    }
  | { readonly kind: 'template'; readonly path: string; readonly vars: TemplateVariables }
  | { readonly kind: 'line'; readonly path: string; readonly regexp: string; readonly line: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'sysctl'; readonly key: string; readonly value: string }
  | { readonly kind: 'group'; readonly group: string; readonly gid: number }
  | {
      readonly kind: 'user';
      readonly user: string;
      readonly uid: number;
      readonly group: string;
    }
  | { readonly kind: 'cron'; readonly job: string; readonly minute: number; readonly line: string }
  | { readonly kind: 'package'; readonly package: string }
  | { readonly kind: 'service'; readonly unit: string; readonly unitFile: string }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly creates: string }
  | { readonly kind: 'query'; readonly argv: readonly string[] };

/** What the templates, Handlebars and Jinja, use. */
export interface TemplateVariables {
  readonly name: string;
  readonly port: number;
  readonly servers: readonly string[];
}

export interface NamedWork {
  readonly name: string;
  readonly work: Work;
}

/** Tasks of one round: the work is a folder and then as many rounds as it takes. */
export const round = 30;

export const sysctlFile = '/etc/sysctl.d/90-bench.conf';
/** Kernel parameters that belong to a host's own network namespace. */
const parameters = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.send_redirects',
  'net.ipv4.conf.default.send_redirects',
  'net.ipv4.conf.all.accept_redirects',
  'net.ipv4.conf.default.accept_redirects',
  'net.ipv4.conf.all.secure_redirects',
  'net.ipv4.conf.default.secure_redirects',
  'net.ipv4.conf.all.log_martians',
];
/** In the lab's base tree: installing costs the same whoever asks for it, and would hide the rest. */
const packages = ['curl', 'gnupg', 'sudo', 'cron'];

/**
 * The first `count` tasks.
 * @param folder absolute path of the host's own folder
 */
export function workOf(folder: string, count: number): readonly NamedWork[] {
  const all: NamedWork[] = [named('folder', { kind: 'directory', path: folder, mode: '0755' })];
  for (let turn = 0; all.length < count; turn += 1) all.push(...roundOf(folder, turn));
  return all.slice(0, count);
}

const named = (name: string, work: Work): NamedWork => ({ name, work });

function roundOf(folder: string, turn: number): NamedWork[] {
  const at = `${folder}/r${turn}`;
  const five = [0, 1, 2, 3, 4];
  const two = [0, 1];
  const unit = `bench${turn}.service`;
  const unitFile = `/etc/systemd/system/${unit}`;
  return [
    ...five.map((index): NamedWork => {
      const path = index === 0 ? at : `${at}/d${index}`;
      return named(`folder ${turn}.${index}`, { kind: 'directory', path, mode: '0750' });
    }),
    ...five.map((index) =>
      named(`copy ${turn}.${index}`, {
        kind: 'copy',
        path: `${at}/copy${index}`,
        mode: '0640',
        content: copied(turn, index),
      }),
    ),
    ...five.map((index) =>
      named(`template ${turn}.${index}`, {
        kind: 'template',
        path: `${at}/template${index}`,
        vars: { name: `site-${turn}-${index}`, port: 8000 + index, servers: servers(index) },
      }),
    ),
    ...two.map((index) =>
      named(`line ${turn}.${index}`, {
        kind: 'line',
        path: `${at}/lines`,
        regexp: `^#?Listen ${9000 + index}$`,
        line: `Listen ${9000 + index}`,
      }),
    ),
    ...two.map((index) =>
      named(`link ${turn}.${index}`, {
        kind: 'link',
        path: `${at}/link${index}`,
        target: `${at}/template${index}`,
      }),
    ),
    ...two.map((index) =>
      named(`sysctl ${turn}.${index}`, {
        kind: 'sysctl',
        key: parameters[(2 * turn + index) % parameters.length] ?? '',
        value: '1',
      }),
    ),
    named(`group ${turn}`, { kind: 'group', group: `bench${turn}`, gid: 6000 + turn }),
    named(`user ${turn}`, {
      kind: 'user',
      user: `bench${turn}`,
      uid: 6000 + turn,
      group: `bench${turn}`,
    }),
    named(`cron ${turn}`, {
      kind: 'cron',
      job: `bench job ${turn}`,
      minute: turn % 60,
      line: `/bin/true ${turn}`,
    }),
    named(`package ${turn}`, {
      kind: 'package',
      package: packages[turn % packages.length] ?? '',
    }),
    named(`unit ${turn}`, { kind: 'copy', path: unitFile, mode: '0644', content: unitOf(turn) }),
    named(`service ${turn}`, { kind: 'service', unit, unitFile: `unit ${turn}` }),
    ...two.map((index) => {
      const creates = `${at}/made${index}`;
      return named(`command ${turn}.${index}`, {
        kind: 'command',
        argv: ['cp', `${at}/template${index}`, creates],
        creates,
      });
    }),
    named(`query ${turn}`, { kind: 'query', argv: ['uname', '-r'] }),
  ];
}

const servers = (index: number): string[] =>
  Array.from({ length: 12 }, (_, number) => `10.0.${index}.${number + 1}`);

const copied = (turn: number, index: number): string =>
  Array.from({ length: 10 }, (_, number) => `setting-${number} = ${turn * 10 + index}\n`).join('');

const unitOf = (turn: number): string => `[Unit]
Description=Bench service ${turn}

[Service]
ExecStart=/bin/sleep infinity

[Install]
WantedBy=multi-user.target
`;
