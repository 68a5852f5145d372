/** `play shard`: the jobs that it writes, and what it refuses. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const program = fileURLToPath(new URL('../../../bin/play.js', import.meta.url));
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-job-'));
  return () => rmSync(folder, { recursive: true });
});

const site = ['--', 'site.ts', '-i', 'hosts.yaml'];

function shard(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'shard', ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
  });
  return { status, stdout, stderr };
}

const written = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** Stands in the way of the real one, and tells how it was called. */
function standIn(name: string, answer = ''): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\necho "$0 $*" >>${folder}/called\necho '${answer}'\n`);
  chmodSync(path, 0o755);
}

interface Job {
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly generateName?: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly backoffLimit?: number;
    readonly backoffLimitPerIndex?: number;
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
        }[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

function kubernetes(file: string): readonly Job[] {
  const documents = parseAllDocuments(written(file));
  for (const { errors } of documents) expect(errors).toEqual([]);
  return documents.map((document) => document.toJS() as Job);
}

describe('kubernetes', () => {
  const words = ['kubernetes', '--parts', '3', '--image', 'ops'];
  const environment = (job: Job | undefined) =>
    job?.spec.template.spec.containers[0]?.env.map(({ name, value }) => `${name}=${value}`);

  it('is one Indexed Job from 1.24 on', () => {
    expect(shard(...words, '--kubernetes', '1.24', ...site).status).toBe(0);
    const [account, job, ...more] = kubernetes('shards/site.yaml');
    expect([account?.kind, more]).toEqual(['ServiceAccount', []]);
    expect(job?.spec).toMatchObject({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
    expect(environment(job)).toEqual(['SHARD_TOTAL=3']);
    const auto = ['--shard', 'auto', '--output', 'json'];
    const expected = ['site.ts', '-i', 'hosts.yaml', ...auto];
    expect(job?.spec.template.spec.containers[0]?.args).toEqual(expected);
  });

  it('is a Job for each part before that', () => {
    shard(...words, '--kubernetes', 'v1.20.2', ...site);
    const jobs = kubernetes('shards/site.yaml').slice(1);
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual(['site-1', 'site-2', 'site-3']);
    expect(environment(jobs[1])).toEqual(['SHARD_INDEX=2', 'SHARD_TOTAL=3']);
    for (const { spec } of jobs) {
      expect([spec.completionMode, spec.backoffLimit]).toEqual([undefined, 0]);
      expect(spec.template.spec.restartPolicy).toBe('Never');
    }
  });

  it('counts the failures of each part by itself where the cluster can', () => {
    shard(...words, '--kubernetes', '1.29', ...site);
    expect(kubernetes('shards/site.yaml')[1]?.spec.backoffLimitPerIndex).toBe(0);
  });

  it('a part that is run again is a Job with a name that the cluster makes', () => {
    shard(...words, '--only', '2', ...site);
    const [job, ...more] = kubernetes('shards/site-2.yaml');
    expect([job?.metadata.generateName, more]).toEqual(['site-2-', []]);
    expect(environment(job)).toEqual(['SHARD_INDEX=2', 'SHARD_TOTAL=3']);
  });

  it('holds no key, and says how the Secret is made', () => {
    const { stdout } = shard(...words, '--ssh-secret', 'ops-ssh', '--namespace', 'ops', ...site);
    expect(stdout).toContain('kubectl -n ops create secret generic ops-ssh');
    expect(written('shards/site.yaml')).toContain('secretName: ops-ssh');
    expect(written('shards/site.yaml')).toContain('namespace: ops');
  });

  it('--start asks the cluster for its version and hands it over', () => {
    standIn('kubectl', '{"serverVersion":{"minor":"20+"}}');
    expect(shard(...words, '--start', ...site).status).toBe(0);
    expect(kubernetes('shards/site.yaml')).toHaveLength(4);
    expect(written('called')).toContain('kubectl apply -f shards/site.yaml');
    shard(...words, '--start', '--only', '1', ...site);
    expect(written('called')).toContain('kubectl create -f shards/site-1.yaml');
  });
});

describe('slurm', () => {
  it('is an array with a task for each part, which knows the total when run again alone', () => {
    shard(
      'slurm',
      '--parts',
      '3',
      '--partition',
      'ops',
      '--time',
      '01:00:00',
      ...site,
      '-l',
      'a b',
    );
    const script = written('shards/site.sbatch');
    for (const line of [
      '#SBATCH --array=1-3',
      '#SBATCH --partition=ops',
      '#SBATCH --time=01:00:00',
      'export SHARD_TOTAL=3',
      "exec npx play site.ts -i hosts.yaml -l 'a b' --shard auto --output json",
    ])
      expect(script.split('\n')).toContain(line);
    expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
    shard('slurm', '--parts', '3', '--only', '2', ...site);
    expect(written('shards/site-2.sbatch')).toContain('#SBATCH --array=2\n');
    expect(written('shards/site-2.sbatch')).toContain('SHARD_TOTAL=3');
  });

  it('--start hands it to sbatch', () => {
    standIn('sbatch', 'Submitted batch job 7');
    const { stdout } = shard('slurm', '--parts', '3', '--start', ...site);
    expect(stdout).toContain('Submitted batch job 7');
    expect(written('called')).toMatch(/sbatch shards\/site\.sbatch/);
  });
});

interface Steps {
  readonly script?: readonly string[];
  readonly parallel?: number;
  readonly needs?: unknown;
}

describe('gitlab', () => {
  it('is a parallel job, and one behind it that merges the reports', () => {
    shard('gitlab', '--parts', '3', ...site);
    const pipeline = parse(written('.gitlab-ci.site.yml')) as Record<string, Steps>;
    expect(pipeline['site']).toMatchObject({ parallel: 3 });
    expect(pipeline['site']?.script?.[0]).toBe(
      'npx play site.ts -i hosts.yaml --shard auto --output json >part-$CI_NODE_INDEX.jsonl',
    );
    expect(pipeline['site: report']).toMatchObject({ when: 'always', needs: [{ job: 'site' }] });
  });

  it('runs the plays that are left before the report', () => {
    shard('gitlab', '--parts', '3', ...site, '--shard-plays', 'safe');
    const pipeline = parse(written('.gitlab-ci.site.yml')) as Record<string, Steps>;
    const script = pipeline['site: rest and report']?.script?.join('\n') ?? '';
    expect(script).toContain(
      'npx play site.ts -i hosts.yaml --shard-plays rest --output json "$@"',
    );
    expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
  });
});

describe('github', () => {
  it('is a matrix that says the part and the total', () => {
    shard('github', '--parts', '3', ...site);
    const { jobs } = parse(written('.github/workflows/site.yml')) as { jobs: { part: object } };
    expect(jobs.part).toMatchObject({
      strategy: { 'fail-fast': false, matrix: { shard: [1, 2, 3] } },
      env: { SHARD_INDEX: '${{ matrix.shard }}', SHARD_TOTAL: '3' },
    });
  });

  it('runs one part again', () => {
    shard('github', '--parts', '3', '--only', '2', ...site);
    expect(written('.github/workflows/site.yml')).toMatch(/shard:\s+- 2\n/);
  });
});

describe('refused, and nothing is written', () => {
  it.each<[string, readonly string[], string]>([
    ['no system', [], 'no system given'],
    ['an unknown system', ['nomad', '--parts', '3', ...site], 'no system nomad'],
    ['no number of parts', ['slurm', ...site], '--parts: nothing is no number'],
    [
      'a part that there is not',
      ['slurm', '--parts', '3', '--only', '4', ...site],
      'no part 4 of 3',
    ],
    ['no playbook', ['slurm', '--parts', '3'], 'no playbook given'],
    ['no inventory', ['slurm', '--parts', '3', '--', 'site.ts'], 'no inventory given'],
    ['a flag that play does not know', ['slurm', '--parts', '3', ...site, '--chekc'], '--check?'],
    ['a part behind --', ['slurm', '--parts', '3', ...site, '--shard', '1/3'], 'says --shard'],
    ['a question in a job', ['slurm', '--parts', '3', ...site, '--step'], 'nobody can be asked'],
    ['no image', ['kubernetes', '--parts', '3', ...site], 'which image'],
    [
      'a flag of another system',
      ['slurm', '--parts', '3', '--image', 'x', ...site],
      'for kubernetes',
    ],
    ['the start of a pipeline', ['github', '--parts', '3', '--start', ...site], 'was pushed'],
    [
      'no version',
      ['kubernetes', '--parts', '3', '--image', 'x', '--kubernetes', 'new', ...site],
      'not a version',
    ],
    ['one part in GitLab', ['gitlab', '--parts', '3', '--only', '1', ...site], 'is retried'],
  ])('%s', (_, argv, message) => {
    const { status, stderr, stdout } = shard(...argv);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });

  it('and where the program of the system fails, what it said', () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'sbatch'), '#!/bin/sh\necho invalid partition >&2; exit 1\n');
    chmodSync(join(folder, 'bin', 'sbatch'), 0o755);
    const { status, stderr } = shard('slurm', '--parts', '3', '--start', ...site);
    expect([status, stderr]).toEqual([1, expect.stringContaining('invalid partition')]);
  });
});
