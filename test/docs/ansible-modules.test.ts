/** The table of Ansible's modules speaks of modules that are there, and of all of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { argumentsOf } from '../../engine/cli/doc/documentation.ts';
import { allModules } from '../modules/all-modules.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const page = readFileSync(join(docs, 'ansible-modules.md'), 'utf8');
const modules = new Map(allModules.map((module) => [module.name, module]));

/** Cells of the tables, but for the heads. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (---|Ansible|Ours|Case) /.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
const words = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** The column of ours, of every table that has one. */
const ours = rows
  .filter(([first = '']) => !/^D\d/.test(first))
  .flatMap((cells) => words(cells.length === 2 ? (cells[0] ?? '') : (cells[1] ?? '')))
  .filter((word) => /^\w+$/.test(word));
const notModules = new Set(['facts', 'hold', 'role']);

test('every module of ours that it names is there', () => {
  expect(ours.length).toBeGreaterThan(70);
  const wrong = ours.filter((name) => !modules.has(name) && !notModules.has(name));
  expect(wrong).toEqual([]);
});

test('every module of ours is in it', () => {
  const named = new Set([...ours, ...words(page)]);
  expect([...modules.keys()].filter((name) => !named.has(name))).toEqual([]);
});

test('a module is in the column of ours, not only mentioned', () => {
  const column = new Set(ours);
  expect([...modules.keys()].filter((name) => !column.has(name))).toEqual([]);
});

test('no module of ansible.builtin is left out', () => {
  const builtin =
    'add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron deb822_repository debconf debug dnf dnf5 dpkg_selections expect fail fetch file find gather_facts get_url getent git group group_by hostname import_playbook import_role import_tasks include_role include_tasks include_vars iptables known_hosts lineinfile meta mount_facts package package_facts pause ping pip raw reboot replace rpm_key script service service_facts set_fact set_stats setup shell slurp stat subversion systemd systemd_service sysvinit tempfile template unarchive uri user validate_argspec wait_for wait_for_connection yum yum_repository';
  const named = new Set(rows.flatMap(([first = '']) => words(first)));
  expect(builtin.split(' ').filter((name) => !named.has(name))).toEqual([]);
});

/** Arguments that the page says are ours, by module. */
const said: Readonly<Record<string, readonly string[]>> = {
  apt: ['startServices', 'repair', 'hold', 'configFiles'],
  aptRepository: ['signedBy', 'update'],
  assert: ['that', 'message'],
  command: ['argv', 'creates', 'removes', 'unless', 'codes', 'exposeSecret', 'stdin'],
  copy: ['preserve', 'follow', 'content', 'validate'],
  cron: ['user'],
  debug: ['message', 'value'],
  fetch: ['flat'],
  file: ['modified', 'accessed'],
  find: ['contains', 'patterns'],
  getUrl: ['sha256', 'from', 'headers'],
  http: ['status', 'contains'],
  iptables: ['more', 'name'],
  mount: ['persist'],
  rpmKey: ['fingerprint', 'key', 'src'],
  shell: ['executable'],
  slurp: ['secret'],
  sudoers: ['rules'],
  systemd: ['enabled', 'daemonReload', 'wait'],
  unarchive: ['verify'],
  user: ['password', 'append', 'groups'],
  waitFor: ['unit', 'process', 'http'],
  yum: ['hold'],
  yumRepository: ['options'],
};

test.each(Object.entries(said))('%s has the arguments that the page speaks of', (name, fields) => {
  const module = modules.get(name);
  const known = module ? argumentsOf(module).map((field) => field.name) : [];
  expect(fields.filter((field) => !known.includes(field))).toEqual([]);
});

/** And those that it says are missing: when one comes, the page has to say so. */
const missing: Readonly<Record<string, readonly string[]>> = {
  apt: ['force', 'allowUnauthenticated', 'autoclean'],
  blockInFile: ['appendNewline', 'prependNewline'],
  copy: ['checksum', 'decrypt', 'localFollow'],
  cron: ['env', 'backup'],
  find: ['useRegex', 'getChecksum', 'limit'],
  group: ['local', 'force', 'nonUnique'],
  ini: ['ignoreSpaces', 'modifyInactiveOption'],
  lineInFile: ['backrefs', 'firstMatch', 'searchString'],
  reboot: ['rebootCommand', 'testCommand'],
  selinux: ['policy'],
  timezone: ['hwclock'],
  unarchive: ['include', 'exclude', 'extraOpts'],
  user: ['generateSshKey', 'expires', 'skeleton'],
  yum: ['security', 'bugfix', 'installroot', 'exclude', 'downloadOnly'],
};

test.each(Object.entries(missing))('%s has none of what the page calls missing', (name, fields) => {
  const module = modules.get(name);
  const known = module ? argumentsOf(module).map((field) => field.name) : [];
  expect(fields.filter((field) => known.includes(field))).toEqual([]);
});

test('its links lead somewhere', () => {
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(join(docs, path)))).toEqual([]);
});
