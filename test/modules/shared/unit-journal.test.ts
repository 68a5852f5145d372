import { expect, test } from 'vitest';
import { runScript, shells } from 'tsplay/testing';
import { unitJournal } from '../../../engine/modules/shared/unit-journal.ts';

/** What `play_journal` shows of a unit with this journal. */
async function shown(journal: readonly string[], shell: (typeof shells)[number]): Promise<string> {
  const standIns = `systemctl() { printf 'the state\\n'; }
command() { :; }
journalctl() { cat <<'end'
${journal.join('\n')}
end
}
`;
  const { code, stdout } = await runScript(`${standIns}${unitJournal}\nplay_journal kubelet`, {
    shell,
  });
  expect(code).toBe(0);
  return stdout.toString();
}

const stack = (lines: number): readonly string[] => [
  'goroutine 1 [running]:',
  ...Array.from({ length: lines }, () => [
    'k8s.io/kubernetes/vendor/k8s.io/klog/v2.stacks(0xc000c4c001, 0xc0001d2000)',
    '\t/build/klog/v2/klog.go:1026 +0xb9',
  ]).flat(),
  'created by k8s.io/klog/v2.init.0',
];

test.each(shells)(
  'under %s the line of giving up comes first, its stack not at all',
  async (shell) => {
    const text = await shown(
      [
        'Started Kubernetes kubelet 1.20.2.',
        'I1128 09:00:00.000000    77 server.go:416] Version: v1.20.2',
        'F1128 09:00:00.100000    77 server.go:269] imageGCLowThresholdPercent 80 must be less than 80',
        ...stack(60),
        'kubelet.service: Main process exited, code=exited, status=255/EXCEPTION',
        'Started Kubernetes kubelet 1.20.2.',
      ],
      shell,
    );
    expect(text.split('\n').slice(0, 2)).toEqual([
      'the state',
      'it says: F1128 09:00:00.100000    77 server.go:269] imageGCLowThresholdPercent 80 must be less than 80',
    ]);
    expect(text).toContain('Main process exited');
    expect(text).not.toMatch(/goroutine|klog/);
  },
);

test.each(shells)('under %s what an earlier start gave up with is not told', async (shell) => {
  const text = await shown(
    ['Started x.', 'Error: invalid argument', 'Started x.', 'it works', 'Started x.', 'it waits'],
    shell,
  );
  expect(text).not.toContain('it says');
  expect(text).toContain('it waits');
});

test.each(shells)('under %s an error counts where nothing gave up', async (shell) => {
  const text = await shown(
    ['Started x.', 'E1128 09:00:00.1 7 a.go:1] no such node', 'I1128 x'],
    shell,
  );
  expect(text).toContain('it says: E1128 09:00:00.1 7 a.go:1] no such node\n');
});
