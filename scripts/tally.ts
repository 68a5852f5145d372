/** Counts what a vitest run proved. */

export interface Tally {
  readonly passed: number;
  /** One sentence each: what, and why. */
  readonly failures: readonly string[];
}

/** The part of vitest's JSON report that is counted. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly (string | null)[] | null;
    }[];
  }[];
}

/**
 * Tests that did not run count as failed, and so do files that did not load and empty runs.
 * @param report undefined where vitest wrote none
 * @param root folder that file names are shown relative to
 */
export function tallyOf(project: string, report: VitestReport | undefined, root: string): Tally {
  if (!report) return { passed: 0, failures: [`${project}: vitest left no report`] };
  const failures: string[] = [];
  let passed = 0;
  for (const file of report.testResults) {
    const name = file.name.startsWith(root) ? file.name.slice(root.length) : file.name;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else failures.push(`${name} > ${test.fullName}: ${reason(test)}`);
    }
    const allPassed = file.assertionResults.every(({ status }) => status === 'passed');
    if (file.status === 'failed' && allPassed) {
      failures.push(`${name}: ${firstLine(file.message) || 'it did not load'}`);
    }
  }
  if (passed === 0 && failures.length === 0) failures.push(`${project}: no test was run`);
  return { passed, failures };
}

function reason(test: VitestReport['testResults'][number]['assertionResults'][number]): string {
  if (test.status !== 'failed') return `not proven: it was ${test.status}`;
  return firstLine(test.failureMessages?.[0]) || 'failed';
}

const firstLine = (text: string | null | undefined): string => text?.split('\n')[0] ?? '';
