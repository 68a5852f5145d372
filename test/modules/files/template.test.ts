import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { template } from '../../../engine/modules/files/template.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

describe.each(shells)('template under %s', (shell) => {
  const host = new TestHost({ shell, diff: true });

  test('it is rendered and put, under its name without .hbs into a folder', async () => {
    const at = folder();
    mkdirSync(`${at}/etc`);
    writeFileSync(`${at}/app.conf.hbs`, 'port={{port}}\n{{#each hosts}}{{this}}\n{{/each}}');
    const args = {
      src: `${at}/app.conf.hbs`,
      dest: `${at}/etc/`,
      vars: { port: 80, hosts: ['a', 'b'] },
      mode: '0640',
    };
    const { result } = await host.apply(template, args);
    expect(result).toMatchObject({ path: `${at}/etc/app.conf`, mode: '0640' });
    expect(readFileSync(result.path, 'utf8')).toBe('port=80\na\nb\n');
    expect((await host.apply(template, args)).changed).toBe(false);
    const changed = await host.plan(template, { ...args, vars: { port: 81, hosts: [] } });
    expect(changed).toMatchObject({
      differences: [{ text: { before: 'port=80\na\nb\n', after: 'port=81\n' } }],
    });
  });

  test('a secret variable makes a secret file', async () => {
    const at = folder();
    writeFileSync(`${at}/key.hbs`, 'key={{key}}\n');
    const args = { src: `${at}/key.hbs`, dest: `${at}/key`, vars: { key: secret('hunter2') } };
    const { plan, result } = await host.apply(template, args);
    expect(JSON.stringify(plan.plan === 'change' && plan.differences)).not.toContain('hunter2');
    expect(result.mode).toBe('0600');
    expect(readFileSync(`${at}/key`, 'utf8')).toBe('key=hunter2\n');
  });

  test('an apply that does nothing fails its verification', async () => {
    const at = folder();
    writeFileSync(`${at}/t.hbs`, 'x');
    const idle = new TestHost({ shell, skipApply: true });
    const args = { src: `${at}/t.hbs`, dest: `${at}/out` };
    await expect(idle.apply(template, args)).rejects.toThrow(/^applied, but state is absent/);
  });

  test('a file that may not be read is denied', async () => {
    const at = folder();
    writeFileSync(`${at}/t.hbs`, 'x');
    writeFileSync(`${at}/out`, 'y', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(template, { src: `${at}/t.hbs`, dest: `${at}/out` })).rejects.toThrow(
      'cannot be read',
    );
  });
});
