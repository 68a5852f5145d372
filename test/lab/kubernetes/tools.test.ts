import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../../lab/kubernetes/tools.ts';

describe('missingPackages', () => {
  it('names the packages of missing programs only, each once', () => {
    const tools = { gcc: ['gcc', 'libc6-dev'], cc: ['gcc'], jq: ['jq'] };
    expect(missingPackages(tools, (program) => program === 'jq')).toEqual(['gcc', 'libc6-dev']);
  });

  it('finds programs on the path by itself', () => {
    expect(missingPackages({ sh: ['dash'], 'no-such-program-here': ['none'] })).toEqual(['none']);
  });
});
