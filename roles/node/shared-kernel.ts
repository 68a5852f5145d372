/**
 * kubelet sets parameters of the whole kernel and does not start where it may not. On a host that
 * shares its kernel with others it finds files in their place, which say what it wants to hear:
 * the kernel stays as its owner has it.
 */
import { copy, systemd, type Step } from 'tsplay';
import type { NodeVariables } from './variables.ts';

const unit = 'kubelet-kernel';

/** What kubelet wants: the rest of its list is the kernel's default. */
const wanted = {
  '/proc/sys/vm/overcommit_memory': 1,
  '/proc/sys/vm/panic_on_oom': 0,
  '/proc/sys/kernel/panic': 10,
  '/proc/sys/kernel/panic_on_oops': 1,
} as const;

export function* kernelStandIns(vars: NodeVariables): Iterable<Step> {
  if (!vars.sharedKernel) return;
  yield copy('unit of stand-ins for the kernel', {
    dest: `/etc/systemd/system/${unit}.service`,
    content: unitText(),
    mode: '0644',
  });
  yield systemd('stand-ins for the kernel', { unit, state: 'started', enabled: true });
}

function unitText(): string {
  const files = Object.entries(wanted).map(([path, value], index) => ({
    path,
    value,
    own: `/run/${unit}/${index}`,
  }));
  const start = files.flatMap(({ path, value, own }) => [
    `ExecStart=/bin/sh -c 'echo ${value} >${own}'`,
    `ExecStart=mount --bind ${own} ${path}`,
  ]);
  const stop = files.map(({ path }) => `ExecStop=umount ${path}`);
  return `# Written by the role node: changes made here are lost.
[Unit]
Description=Stand-ins for parameters of a shared kernel
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
RuntimeDirectory=${unit}
${[...start, ...stop].join('\n')}

[Install]
WantedBy=multi-user.target
`;
}
