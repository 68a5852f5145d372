/** The work as a playbook of this project; `benchFolder` and `benchTasks` come from the inventory. */
import {
  apt,
  command,
  copy,
  cron,
  file,
  group,
  lineInFile,
  play,
  playbook,
  query,
  sysctl,
  systemd,
  template,
  user,
  z,
  type Step,
} from 'tsplay';
import { sysctlFile, workOf, type Work } from './work.ts';

export default playbook([
  play({
    name: 'bench',
    hosts: 'bench',
    gatherFacts: false,
    vars: z.strictObject({ benchFolder: z.string(), benchTasks: z.number() }),
    *tasks({ vars }) {
      for (const { name, work } of workOf(vars.benchFolder, vars.benchTasks)) {
        yield stepOf(name, work);
      }
    },
  }),
]);

function stepOf(name: string, work: Work): Step {
  switch (work.kind) {
    case 'directory':
      return file(name, { path: work.path, state: 'directory', mode: work.mode });
    case 'copy':
      return copy(name, { content: work.content, dest: work.path, mode: work.mode });
    case 'template':
      return template(name, {
        src: 'site.conf.hbs',
        dest: work.path,
        mode: '0644',
        vars: { ...work.vars },
      });
    case 'line':
      return lineInFile(name, {
        path: work.path,
        regexp: work.regexp,
        line: work.line,
        create: true,
        mode: '0644',
      });
    case 'link':
      return file(name, { path: work.path, state: 'link', src: work.target });
    case 'sysctl':
      return sysctl(name, { key: work.key, value: work.value, file: sysctlFile });
    case 'group':
      return group(name, { name: work.group, gid: work.gid });
    case 'user':
      return user(name, {
        name: work.user,
        uid: work.uid,
        group: work.group,
        shell: '/usr/sbin/nologin',
        createHome: false,
      });
    case 'cron':
      return cron(name, { name: work.job, minute: work.minute, hour: 3, job: work.line });
    case 'package':
      return apt(name, { name: work.package });
    case 'service':
      return systemd(name, { unit: work.unit, state: 'started', enabled: true });
    case 'command':
      return command(name, { argv: [...work.argv], creates: work.creates });
    case 'query':
      return query(name, { argv: [...work.argv] });
  }
}
