/** The engines that are compared, each with its files in a folder of its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { quote } from '../engine/shell/quote.ts';
import { ansiblePlay } from './work/ansible-play.ts';
import { floorScript } from './work/floor-script.ts';
import type { Command } from './program.ts';

export interface BenchHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Folder on the host that holds its work. */
  readonly folder: string;
}

export interface Fleet {
  readonly hosts: readonly BenchHost[];
  readonly keyFile: string;
  readonly knownHostsFile: string;
  readonly tasks: number;
  /** On the controller, for what the engines need. */
  readonly folder: string;
}

/** `warm` is tsplay over the connection of its run before (`connectionPersist`). */
export type EngineName = 'tsplay' | 'warm' | 'floor' | 'ansible' | 'mitogen';

export interface Engine {
  readonly name: EngineName;
  command(check: boolean): Command;
}

const bench = fileURLToPath(new URL('.', import.meta.url));
const playProgram = fileURLToPath(new URL('../bin/play.js', import.meta.url));

/** Writes what the engines need for a fleet. @returns the engines */
export async function engines(fleet: Fleet): Promise<Readonly<Record<EngineName, Engine>>> {
  await mkdir(fleet.folder, { recursive: true });
  return {
    floor: await floor(fleet),
    tsplay: await tsplay(fleet, 'tsplay'),
    warm: await tsplay(fleet, 'warm', { connectionPersist: 60 }),
    ansible: await ansible(fleet, 'ansible'),
    mitogen: await ansible(fleet, 'mitogen'),
  };
}

/** One plain ssh a host, all at once, each with the script on its stdin. */
async function floor(fleet: Fleet): Promise<Engine> {
  const lines: string[] = [];
  for (const host of fleet.hosts) {
    const script = join(fleet.folder, `floor-${host.name}.sh`);
    await writeFile(script, floorScript(host.folder, fleet.tasks));
    const ssh = ['ssh', '-F', 'none', '-T', ...sshOptions(fleet), '-p', String(host.port)];
    const line = [...ssh, `root@${host.address}`, 'exec /bin/sh'].map(quote).join(' ');
    lines.push(`${line} <${quote(script)} >${quote(stateFile(fleet, host))} &`);
  }
  const all = join(fleet.folder, 'floor.sh');
  await writeFile(all, `${lines.join('\n')}\nwait\n`);
  return { name: 'floor', command: () => ({ argv: ['sh', all] }) };
}

/** Where the floor leaves what it read of a host. */
export const stateFile = (fleet: Fleet, host: BenchHost): string =>
  join(fleet.folder, `state-${host.name}`);

export function sshOptions(fleet: Fleet): string[] {
  return [
    '-i',
    fleet.keyFile,
    ...[
      'IdentitiesOnly=yes',
      `UserKnownHostsFile=${fleet.knownHostsFile}`,
      'GlobalKnownHostsFile=/dev/null',
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
    ].flatMap((option) => ['-o', option]),
  ];
}

async function tsplay(
  fleet: Fleet,
  name: 'tsplay' | 'warm',
  settings: Readonly<Record<string, number>> = {},
): Promise<Engine> {
  const inventory = join(fleet.folder, `${name}.yaml`);
  const hosts = fleet.hosts.map(({ name, address, port, folder }) => [
    name,
    { host: address, port, benchFolder: folder },
  ]);
  await writeFile(
    inventory,
    stringify({
      bench: {
        vars: {
          user: 'root',
          privateKeyFile: fleet.keyFile,
          knownHostsFile: fleet.knownHostsFile,
          benchTasks: fleet.tasks,
          ...settings,
        },
        hosts: Object.fromEntries(hosts) as unknown,
      },
    }),
  );
  const argv = ['node', playProgram, join(bench, 'work', 'playbook.ts'), '-i', inventory];
  return {
    name,
    command: (check) => ({
      argv: check ? [...argv, '--check'] : argv,
      directory: fleet.folder,
    }),
  };
}

async function ansible(fleet: Fleet, name: 'ansible' | 'mitogen'): Promise<Engine> {
  const folder = join(fleet.folder, name);
  await mkdir(folder, { recursive: true });
  const strategy = name === 'mitogen' ? ['strategy = mitogen_linear'] : [];
  const config = [
    '[defaults]',
    'forks = 10',
    'gathering = explicit',
    'interpreter_python = /usr/bin/python3',
    ...strategy,
    '[ssh_connection]',
    'pipelining = True',
    '',
  ];
  const inventory = fleet.hosts.map(
    ({ name: host, address, port }) =>
      `${host} ansible_host=${address} ansible_port=${port} ansible_user=root ` +
      `ansible_ssh_private_key_file=${fleet.keyFile} ` +
      `ansible_ssh_common_args='-o UserKnownHostsFile=${fleet.knownHostsFile} -o StrictHostKeyChecking=yes'`,
  );
  await writeFile(join(folder, 'ansible.cfg'), config.join('\n'));
  await writeFile(join(folder, 'hosts.ini'), ['[bench]', ...inventory, ''].join('\n'));
  const work = fleet.hosts[0]?.folder ?? '';
  await writeFile(
    join(folder, 'play.yml'),
    ansiblePlay(work, fleet.tasks, join(bench, 'work', 'templates')),
  );
  const argv = ['ansible-playbook', '-i', 'hosts.ini', 'play.yml'];
  return {
    name,
    command: (check) => ({
      argv: check ? [...argv, '--check'] : argv,
      directory: folder,
      environment: { ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), LC_ALL: 'C.UTF-8' },
    }),
  };
}
