/** What roles and plays compute once for each host, and the roles that a role needs before it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { play, playbook, role } from '../../engine/dsl/declare.ts';
import { PlaybookError, type PlayError } from '../../engine/errors.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { RolesSoFar } from '../../engine/plan/needs.ts';
import { collect, namesOf, refusal, threeHosts } from './inventory.ts';

const say = (name: string) => debug(name, { message: name });
const vars = z.strictObject({ size: z.int().default(2) });

describe('uses', () => {
  it('are computed once for each host, with its variables, before its steps', async () => {
    const asked: string[] = [];
    const sized = role({
      name: 'sized',
      vars,
      uses: {
        double({ vars: { size }, host }) {
          asked.push(host.name);
          return size * 2;
        },
      },
      *tasks({ double }) {
        yield say(`${double} is ${double.toFixed(1)}`);
      },
    });
    const [plan] = collect(
      play({ name: 'site', hosts: 'web', roles: [sized] }),
      await threeHosts(),
    );
    expect(namesOf(plan)).toEqual(['4 is 4.0']);
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('of a play are for all its steps', async () => {
    const site = play({
      name: 'site',
      hosts: 'web',
      vars,
      uses: { label: ({ host }) => `of ${host.name}` },
      preTasks: ({ label }) => [say(`before ${label}`)],
      tasks: ({ label }) => [say(`behind ${label}`)],
    });
    expect(namesOf(collect(site, await threeHosts())[0], 'b')).toEqual([
      'before of b',
      'behind of b',
    ]);
  });

  it('refuse what they refuse for a role whose steps do not look at them', async () => {
    const picky = role({
      name: 'picky',
      vars,
      uses: {
        checked() {
          throw new PlaybookError('no two of these');
        },
      },
      tasks: () => [],
    });
    const inventory = await threeHosts();
    const site = play({ name: 'site', hosts: 'web', roles: [picky] });
    expect(refusal(() => collect(site, inventory)).message).toBe('no two of these');
  });

  it('may not be called what tasks get anyway', async () => {
    const inventory = await threeHosts();
    const shadowing = role({ name: 'r', vars, uses: { host: () => 'mine' }, tasks: () => [] });
    const site = play({ name: 'site', hosts: 'web', roles: [shadowing] });
    expect(refusal(() => collect(site, inventory)).message).toContain('uses.host');
  });
});

describe('needs', () => {
  const named = (name: string, needs: Parameters<typeof role>[0]['needs'] = []) =>
    role({ name, needs, vars: z.strictObject({}), tasks: () => [say('x')] });
  const containerd = named('containerd');
  const docker = named('docker');
  const node = named('node', [[containerd, docker]]);
  const nodes = play({ name: 'nodes', hosts: 'web', roles: [node] });

  it('are there in the same play, or in an earlier one', async () => {
    const inventory = await threeHosts();
    const together = play({ name: 'all', hosts: 'web', roles: [docker, node] });
    expect(collect(together, inventory)).toHaveLength(1);
    const runtime = play({ name: 'runtime', hosts: 'web', roles: [containerd({})] });
    expect(collect(playbook([runtime, nodes]), inventory)).toHaveLength(2);
  });

  it('that come later are missing: what to do is told, with the play and a host', async () => {
    const inventory = await threeHosts();
    const late = play({ name: 'late', hosts: 'web', roles: [node, containerd] });
    const error = refusal(() => collect(late, inventory)) as PlayError;
    expect(error.message).toBe(
      "play 'late': the role 'node' needs 'containerd' or 'docker' before it",
    );
    expect(error.hint).toBe(
      'a does not have it yet: add it before, in this play or in an earlier one for the same hosts',
    );
    expect(error.at?.file).toMatch(/uses\.test\.ts$/);
  });

  it('are needed on the same host', async () => {
    const inventory = await threeHosts();
    const elsewhere = play({ name: 'runtime', hosts: 'web:!c', roles: [containerd] });
    const error = refusal(() => collect(playbook([elsewhere, nodes]), inventory)) as PlayError;
    expect(error.hint).toMatch(/^c does not have it yet/);
  });

  it('of a play that is planned anew are those of the plays before it', async () => {
    const inventory = await threeHosts();
    const roles = new RolesSoFar();
    const plan = (...plays: ReturnType<typeof play>[]) =>
      collectPlaybook(playbook(plays), inventory, {
        roles,
        variables: variableValidator(inventory),
      });
    plan(play({ name: 'runtime', hosts: 'web', roles: [containerd] }));
    expect(plan(nodes)).toHaveLength(1);
  });
});
