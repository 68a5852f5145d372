import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'tsplay-refused-'));

const playbook = `import { play, playbook, role, template, z } from 'tsplay';

const web = role({
  name: 'web',
  vars: z.strictObject({ webPort: z.number() }),
  *tasks({ vars }) {
    yield template('conf', { src: 'conf.hbs', dest: '/tmp/never', vars }, { tags: ['config'] });
  },
});

export default playbook([play({ name: 'site', hosts: 'web', roles: [web] })]);
`;

const hosts = (vars: string): string => `web:
  hosts:
    a: { host: 127.0.0.1, port: 9, webPort: 80 }
    b: { host: 127.0.0.1, port: 9, ${vars} }
`;

beforeAll(() => {
  mkdirSync(join(project, 'templates'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules', 'tsplay'));
  writeFileSync(join(project, 'site.ts'), playbook);
});
afterAll(() => rmSync(project, { recursive: true }));

function refused(given: {
  vars?: string;
  inventory?: string;
  template?: string;
  flags?: string[];
}) {
  const { vars = 'webPort: 81', template = 'port {{webPort}}\n', flags = [] } = given;
  writeFileSync(join(project, 'hosts.yaml'), given.inventory ?? hosts(vars));
  writeFileSync(join(project, 'templates', 'conf.hbs'), template);
  const argv = [join(root, 'bin', 'play.js'), 'site.ts', '-i', 'hosts.yaml', ...flags];
  const ran = spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8' });
  // Nothing listens there: had it connected, the host would be unreachable and the code 4.
  expect(ran.stdout).not.toContain('unreachable');
  expect(ran.status).toBe(1);
  return ran.stderr;
}

describe('refused before anything connects, with its place and what to do', () => {
  it('a variable of a wrong type for one host', () => {
    const said = refused({ vars: 'webPort: "81"' });
    expect(said).toMatch(/hosts\.yaml:4:\d+ .*webPort/);
  });

  it('a variable that is missing for one host', () => {
    expect(refused({ vars: 'webPrt: 81' })).toMatch(/hosts\.yaml:4:\d+ .*webPort/);
  });

  it('a template variable that nobody passes', () => {
    const said = refused({ template: 'port {{webPort}}\n{{#if debug}}debug{{/if}}\n' });
    expect(said).toMatch(/conf\.hbs:2:7 .*'debug' is used, but was not passed/);
    expect(said).toContain('hint:');
  });

  it('a duplicate key', () => {
    const inventory = `${hosts('webPort: 81')}    b: { host: 127.0.0.2 }\n`;
    expect(refused({ inventory })).toMatch(/hosts\.yaml:5:5 .*duplicate key 'b'/);
  });

  it('a misspelt tag', () => {
    expect(refused({ flags: ['--tags', 'confg'] })).toContain("did you mean 'config'?");
  });

  it('a host that does not exist', () => {
    expect(refused({ flags: ['--limit', 'c'] })).toContain("'c'");
  });

  it('an unknown flag', () => {
    expect(refused({ flags: ['--chekc'] })).toContain('did you mean --check?');
  });
});
