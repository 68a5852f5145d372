/** The part that `--shard` means, by itself or from what a job system sets. */
import { describe, expect, it } from 'vitest';
import { shardSettings } from '../../../engine/cli/shard/settings.ts';
import type { Environment } from '../../../engine/cli/shard/environment.ts';

function settings(
  shard: string | undefined,
  { env = {}, plays, reports = [] }: { env?: Environment; plays?: string; reports?: string[] } = {},
) {
  return shardSettings({ shard, 'shard-plays': plays, 'shard-report': reports }, env);
}

describe('--shard', () => {
  it('is a part of so many, from 1', () => {
    expect(settings('3/8')).toEqual({ part: { part: 3, parts: 8 }, plays: 'all', reports: [] });
  });

  it.each([
    ['0/8', 'there is no part 0 of 8'],
    ['9/8', 'there is no part 9 of 8'],
    ['1/0', 'there can be 1 to 1000 parts'],
    ['1/1001', 'there can be 1 to 1000 parts'],
    ['3', 'not a part'],
    ['-1/3', 'not a part'],
    ['1.5/3', 'not a part'],
    ['a/b', 'not a part'],
    ['', 'not a part'],
  ])('%s is refused', (text, message) => {
    expect(() => settings(text)).toThrow(message);
  });

  it('is not there: the run is for all hosts', () => {
    expect(settings(undefined)).toBeUndefined();
  });
});

describe('--shard auto', () => {
  it.each<[string, Environment, string]>([
    ['GitLab CI', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }, '2/5'],
    ['SHARD_INDEX', { SHARD_INDEX: '2', SHARD_TOTAL: '5' }, '2/5'],
    ['Kubernetes, which counts from 0', { JOB_COMPLETION_INDEX: '0', SHARD_TOTAL: '3' }, '1/3'],
    ['Slurm', array(2, 1, 3), '2/3'],
    ['Slurm from 0', array(2, 0, 2), '3/3'],
    ['one task of an array, run again', { ...array(2, 2, 2), SHARD_TOTAL: '3' }, '2/3'],
    [
      'SHARD_INDEX before all others',
      { SHARD_INDEX: '1', SHARD_TOTAL: '2', CI_NODE_INDEX: '3', CI_NODE_TOTAL: '4' },
      '1/2',
    ],
  ])('%s', (_, env, expected) => {
    const part = settings('auto', { env })?.part;
    expect(`${part?.part}/${part?.parts}`).toBe(expected);
  });

  it.each<[string, Environment, string]>([
    ['nobody says', {}, 'none of CI_NODE_INDEX, SLURM_ARRAY_TASK_ID'],
    ['GitLab says it of jobs that are not parallel', { CI_NODE_TOTAL: '1' }, 'none of'],
    ['the total is missing', { JOB_COMPLETION_INDEX: '0' }, 'SHARD_TOTAL is not set'],
    ['it is no number', { SHARD_INDEX: 'x', SHARD_TOTAL: '3' }, 'SHARD_INDEX is no number: x'],
    ['there is no such part', { JOB_COMPLETION_INDEX: '3', SHARD_TOTAL: '3' }, 'no part 4 of 3'],
    ['a piece of an array is no whole', array(2, 2, 2), 'not all parts'],
    ['an array of one is no whole', array(1, 1, 1), 'not all parts'],
    ['an array has gaps', { ...array(1, 1, 5), SLURM_ARRAY_TASK_COUNT: '3' }, 'not all parts'],
    [
      'two systems say it',
      { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2', JOB_COMPLETION_INDEX: '1', SHARD_TOTAL: '2' },
      'GitLab CI (CI_NODE_INDEX) and Kubernetes (JOB_COMPLETION_INDEX)',
    ],
  ])('is refused where %s', (_, env, message) => {
    expect(() => settings('auto', { env })).toThrow(message);
  });
});

describe('--shard-plays', () => {
  it('rest is for all hosts, behind the reports of the parts', () => {
    expect(settings(undefined, { plays: 'rest', reports: ['a'] })).toEqual({
      part: undefined,
      plays: 'rest',
      reports: ['a'],
    });
  });

  it.each<[string, string | undefined, string, string[], string]>([
    ['rest with a part', '1/3', 'rest', ['a'], 'is for all hosts'],
    ['rest without reports', undefined, 'rest', [], 'when all parts are done'],
    ['safe without a part', undefined, 'safe', [], 'is about a part'],
    ['reports for a part', '1/3', 'safe', ['a'], 'behind all parts'],
  ])('%s is refused', (_, shard, plays, reports, message) => {
    expect(() => settings(shard, { plays, reports })).toThrow(message);
  });
});

function array(task: number, least: number, most: number): Environment {
  return {
    SLURM_ARRAY_TASK_ID: `${task}`,
    SLURM_ARRAY_TASK_MIN: `${least}`,
    SLURM_ARRAY_TASK_MAX: `${most}`,
    SLURM_ARRAY_TASK_COUNT: `${most - least + 1}`,
  };
}
