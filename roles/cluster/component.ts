/** A program of Kubernetes as a unit, which rolls from host to host when its settings change. */
import { service, type Service, type ServiceOptions, type Step } from 'tsplay';
import type { Cluster } from './describe.ts';
import type { ClusterVariables } from './variables.ts';

export interface Described {
  /** Of the program and of its unit. */
  readonly name: string;
  readonly role: 'master' | 'node';
  readonly title: string;
  readonly type?: 'notify' | 'simple';
  /** Units that it starts behind. */
  readonly after: readonly string[];
  readonly flags: readonly string[];
  /** Seconds that its start may take; the default of systemd where it is not given. */
  readonly startSeconds?: number;
  readonly workingDirectory?: string;
  readonly start: ServiceOptions['start'] & {};
  /** Shows that it works again. */
  readonly proof: Step;
  /** Hosts that restart at once, behind the first one. */
  readonly atOnce?: number;
}

export interface Component extends Service {
  /** Writes its unit. */
  readonly unit: Step;
}

export function component(
  { traits }: Cluster,
  { clusterBinDir }: Pick<ClusterVariables, 'clusterBinDir'>,
  of: Described,
): Component {
  const { name, role, title, type, after, flags, startSeconds, workingDirectory } = of;
  const made = service(name, {
    start: of.start,
    rolling: {
      after: [of.proof],
      // Its proof is that of the first start, too.
      evenIfStarted: true,
      ...(of.atOnce !== undefined && { atOnce: of.atOnce }),
    },
  });
  const vars = {
    role,
    title,
    version: traits.version.text,
    type: type ?? null,
    after,
    program: `${clusterBinDir}/${name}`,
    flags,
    startSeconds: startSeconds ?? null,
    workingDirectory: workingDirectory ?? null,
  };
  const unit = made.unitFile('cluster/component.service.hbs', vars, { tags: ['config'] });
  return Object.assign(made, { unit });
}
