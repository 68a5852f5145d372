/** The same work as an Ansible play, with the modules and options that do the same. */
import { stringify } from 'yaml';
import { sysctlFile, workOf, type NamedWork } from './work.ts';

/**
 * @param templates folder of site.conf.j2
 * @returns YAML
 */
export function ansiblePlay(folder: string, count: number, templates: string): string {
  const tasks = workOf(folder, count).map((named) => taskOf(named, templates));
  return stringify([{ name: 'bench', hosts: 'bench', gather_facts: false, tasks }], {
    lineWidth: 0,
  });
}

function taskOf({ name, work }: NamedWork, templates: string): Record<string, unknown> {
  switch (work.kind) {
    case 'directory':
      return {
        name,
        'ansible.builtin.file': { path: work.path, state: 'directory', mode: work.mode },
      };
    case 'copy':
      return {
        name,
        'ansible.builtin.copy': { content: work.content, dest: work.path, mode: work.mode },
        ...(work.path.endsWith('.service') && { register: registered(name) }),
      };
    case 'template':
      return {
        name,
        'ansible.builtin.template': {
          src: `${templates}/site.conf.j2`,
          dest: work.path,
          mode: '0644',
        },
        vars: { site: work.vars },
      };
    case 'line':
      return {
        name,
        'ansible.builtin.lineinfile': {
          path: work.path,
          regexp: work.regexp,
          line: work.line,
          create: true,
          mode: '0644',
        },
      };
    case 'link':
      return {
        name,
        'ansible.builtin.file': { path: work.path, state: 'link', src: work.target },
      };
    case 'sysctl':
      return {
        name,
        'ansible.posix.sysctl': {
          name: work.key,
          value: work.value,
          sysctl_file: sysctlFile,
          sysctl_set: true,
        },
      };
    case 'group':
      return { name, 'ansible.builtin.group': { name: work.group, gid: work.gid } };
    case 'user':
      return {
        name,
        'ansible.builtin.user': {
          name: work.user,
          uid: work.uid,
          group: work.group,
          shell: '/usr/sbin/nologin',
          create_home: false,
        },
      };
    case 'cron':
      return {
        name,
        'ansible.builtin.cron': {
          name: work.job,
          minute: String(work.minute),
          hour: '3',
          job: work.line,
        },
      };
    case 'package':
      return { name, 'ansible.builtin.apt': { name: work.package } };
    case 'service':
      return {
        name,
        'ansible.builtin.systemd': {
          name: work.unit,
          state: 'started',
          enabled: true,
          daemon_reload: `{{ ${registered(work.unitFile)}.changed }}`,
        },
      };
    case 'command':
      return {
        name,
        'ansible.builtin.command': { argv: work.argv, creates: work.creates },
      };
    case 'query':
      return {
        name,
        'ansible.builtin.command': { argv: work.argv },
        changed_when: false,
        check_mode: false,
      };
  }
}

const registered = (name: string): string => name.replaceAll(/\W/g, '_');
