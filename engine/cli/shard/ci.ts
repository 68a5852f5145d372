/** Pipelines of GitLab and GitHub: a job for each part, and one that puts the reports together. */
import { stringify } from 'yaml';
import { UsageError } from '../../errors.ts';
import { quote } from '../../shell/quote.ts';
import { numbersOf, partWords, restWords, type Job, type JobFile } from './job.ts';

const playOf = (words: readonly string[]): string => `npx play ${words.map(quote).join(' ')}`;

/** Lines of a shell: the run behind all parts where plays are left to it, then the report. */
function mergeLines(job: Job): readonly string[] {
  const merge = (reports: string): string => `npx play report --merge ${reports} --retry retry.txt`;
  if (!job.leavesRest) return [merge('part-*.jsonl')];
  return [
    'set --',
    'for report in part-*.jsonl; do set -- "$@" --shard-report "$report"; done',
    // Its failure is told by the report.
    `${playOf([...restWords(job), '--output', 'json'])} "$@" >rest.jsonl || :`,
    merge('part-*.jsonl rest.jsonl'),
  ];
}

/** @throws UsageError for one part alone: GitLab runs a job again by itself */
export function gitlabFile(job: Job): JobFile {
  if (job.only !== undefined) {
    throw new UsageError('--only: GitLab runs one part again where its job is retried', {
      hint: 'press Retry at the job, then at the one behind it',
    });
  }
  const { name, parts } = job;
  const merged = job.leavesRest ? `${name}: rest and report` : `${name}: report`;
  const ssh = [
    'install -d -m 700 ~/.ssh',
    'install -m 600 "$SSH_PRIVATE_KEY" ~/.ssh/id_ed25519',
    'install -m 600 "$SSH_KNOWN_HOSTS" ~/.ssh/known_hosts',
  ];
  const base = { image: 'node:20', before_script: ['npm ci', ...ssh] };
  const kept = { when: 'always', paths: ['*.jsonl', 'retry.txt'] };
  const pipeline = {
    [name]: {
      ...base,
      parallel: parts,
      script: [`${playOf(partWords(job))} >part-$CI_NODE_INDEX.jsonl`],
      artifacts: { ...kept, paths: ['part-*.jsonl'] },
    },
    [merged]: {
      ...base,
      needs: [{ job: name, artifacts: true }],
      when: 'always',
      script: mergeLines(job),
      artifacts: kept,
    },
  };
  return {
    path: `.gitlab-ci.${name}.yml`,
    text: stringify(pipeline, { lineWidth: 0 }),
    advice: [
      `include it in .gitlab-ci.yml: include: [{ local: .gitlab-ci.${name}.yml }]`,
      'set the variables SSH_PRIVATE_KEY and SSH_KNOWN_HOSTS, of type file, in Settings > CI/CD',
      'git push starts it',
    ],
  };
}

/** GitHub has no variables for its matrix: the workflow sets SHARD_INDEX and SHARD_TOTAL. */
export function githubFile(job: Job): JobFile {
  const { name, parts } = job;
  const ssh = [
    'install -d -m 700 ~/.ssh',
    `printf '%s\\n' "$SSH_PRIVATE_KEY" >~/.ssh/id_ed25519`,
    `printf '%s\\n' "$SSH_KNOWN_HOSTS" >~/.ssh/known_hosts`,
    'chmod 600 ~/.ssh/*',
  ];
  const secrets = {
    SSH_PRIVATE_KEY: '${{ secrets.SSH_PRIVATE_KEY }}',
    SSH_KNOWN_HOSTS: '${{ secrets.SSH_KNOWN_HOSTS }}',
  };
  const prepared = [
    { uses: 'actions/checkout@v4' },
    { uses: 'actions/setup-node@v4', with: { 'node-version': 20 } },
    { run: 'npm ci' },
    { run: `${ssh.join('\n')}\n`, env: secrets },
  ];
  const uploaded = (kept: string, path: string): object => ({
    if: 'always()',
    uses: 'actions/upload-artifact@v4',
    with: { name: kept, path },
  });
  const workflow = {
    name,
    on: { workflow_dispatch: {} },
    jobs: {
      part: {
        'runs-on': 'ubuntu-latest',
        // A part that fails ends no other in the middle.
        strategy: { 'fail-fast': false, matrix: { shard: numbersOf(job) } },
        env: { SHARD_INDEX: '${{ matrix.shard }}', SHARD_TOTAL: `${parts}` },
        steps: [
          ...prepared,
          { run: `${playOf(partWords(job))} >part-$SHARD_INDEX.jsonl` },
          uploaded('part-${{ matrix.shard }}', 'part-*.jsonl'),
        ],
      },
      report: {
        'runs-on': 'ubuntu-latest',
        needs: 'part',
        if: 'always()',
        steps: [
          ...prepared,
          {
            uses: 'actions/download-artifact@v4',
            with: { pattern: 'part-*', 'merge-multiple': true },
          },
          { run: `${mergeLines(job).join('\n')}\n` },
          uploaded('report', '*.jsonl\nretry.txt\n'),
        ],
      },
    },
  };
  return {
    path: `.github/workflows/${name}.yml`,
    text: stringify(workflow, { lineWidth: 0 }),
    advice: [
      'set the secrets SSH_PRIVATE_KEY and SSH_KNOWN_HOSTS in Settings > Secrets and variables',
      `git push, then: gh workflow run ${name}.yml`,
    ],
  };
}
