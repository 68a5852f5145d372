/**
 * Role preflight: what would make the installation fail later, told before the first write; all
 * problems of a host together, and then those of the hosts together.
 */
import { assert, block, query, role, type Facts, type HostView, type Run } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { fleetProblems, isHeld, type Told } from './fleet-problems.ts';
import { hostProblems } from './host-problems.ts';
import { lookScript, parseLook } from './look.ts';
import { parseRunning, runningScript } from './running.ts';
import { survivalProblems } from './survival.ts';
import { preflightVariables } from './variables.ts';

export const preflight = role({
  name: 'preflight',
  vars: preflightVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, cluster }) {
    const look = query('what is there', {
      shell: lookScript(vars.preflightPaths),
      scope: 'host',
      independent: true,
    });
    const problems = (run: Run): readonly string[] =>
      hostProblems({
        host,
        cluster,
        vars,
        facts: run.facts,
        seen: parseLook(run.result(look).stdout),
      });
    yield look;
    yield assert('the host is fit for its part', {
      that: (run) => problems(run).length === 0,
      message: (run) => list(`${host.name} cannot become part of the cluster`, problems(run)),
    });

    const runs = query('what runs', {
      shell: runningScript(vars.cniConfDir),
      scope: 'host',
      independent: true,
    });
    const changes = (run: Run): readonly string[] =>
      survivalProblems(cluster, vars, parseRunning(run.result(runs).stdout));
    const survives = assert('what runs survives its settings', {
      that: (run) => changes(run).length === 0,
      message: (run) => list('the running cluster would not survive this', changes(run)),
    });
    // Also where only those steps are chosen that would change it.
    const changing = ['master', 'node', 'runtime', 'cni', 'config', 'binaries'];
    yield block('what runs stays', { tasks: [runs, survives] }, { tags: changing });

    const told = (run: Run): readonly Told[] =>
      cluster.members.flatMap((member) => toldBy(member, run.tryFactsOf(member.name)));
    const together = (run: Run): readonly string[] => fleetProblems(told(run), vars.preflightSkew);
    yield assert(
      'the hosts are fit for each other',
      {
        that: (run) => together(run).length === 0,
        message: (run) => list('the hosts cannot become a cluster', together(run)),
      },
      { runOnce: true },
    );

    const { endpoint } = cluster;
    if (endpoint.kind !== 'vip') return;
    const answers = query(
      'whether the shared address answers',
      { argv: ['ping', '-c', '1', '-W', '1', endpoint.host], codes: 'any', independent: true },
      { runOnce: true },
    );
    yield answers;
    yield assert(
      'nobody else has the shared address',
      {
        // Without ping nobody can tell: the exit code is 127 then.
        that: (run) => run.result(answers).code !== 0 || isHeld(endpoint.host, told(run)),
        message: `${endpoint.host} answers, and none of the hosts has it: choose a free address`,
      },
      { runOnce: true },
    );
  },
});

const toldBy = (host: HostView, facts: Facts | undefined): readonly Told[] =>
  facts === undefined ? [] : [{ host, facts, shared: host.vars['sharedKernel'] === true }];

const list = (head: string, problems: readonly string[]): string =>
  `${head}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
