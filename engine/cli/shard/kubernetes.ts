/** A Job of Kubernetes: Indexed where the version has it, else one Job for each part. */
import { stringify } from 'yaml';
import { numbersOf, partWords, type Job, type JobFile } from './job.ts';

export interface KubernetesJob extends Job {
  readonly image: string;
  readonly namespace: string | undefined;
  /** The Secret with the key and the known hosts. */
  readonly sshSecret: string;
  /** Claim of the volume for `.play`. */
  readonly stateClaim: string | undefined;
  /** Minor version of the cluster: 20 of 1.20. */
  readonly minor: number;
}

/** Since when Jobs are Indexed for good, and count the failures of each index by itself. */
const indexedSince = 24;
const limitPerIndexSince = 29;
/** The user `node` of the image. */
const user = 1000;
/** Seconds: at the first signal a run ends what it is applying, and no more. */
const grace = 120;

export function kubernetesFile(job: KubernetesJob): JobFile {
  const { name, namespace, sshSecret, only } = job;
  const space = namespace === undefined ? '' : ` -n ${namespace}`;
  const secret = `kubectl${space} create secret generic ${sshSecret} --from-file=id_ed25519=KEY --from-file=known_hosts=KNOWN_HOSTS`;
  return {
    path: `${only === undefined ? name : `${name}-${only}`}.yaml`,
    text: objectsOf(job)
      .map((each) => stringify(each, { lineWidth: 0 }))
      .join('---\n'),
    advice: [
      ...(only === undefined ? [secret, 'kubectl apply -f FILE'] : ['kubectl create -f FILE']),
      `for pod in $(kubectl${space} get pods -l tsplay=${name} -o name); do kubectl${space} logs $pod >\${pod#pod/}.jsonl; done`,
      'play report --merge *.jsonl',
    ],
  };
}

/** A part that is run again is a further Job: the pod of the one before stays, with its report. */
function objectsOf(job: KubernetesJob): readonly object[] {
  const { name, only, minor } = job;
  if (only !== undefined) return [jobOfPart(job, { generateName: `${name}-${only}-` }, only)];
  const jobs =
    minor >= indexedSince
      ? [indexedJob(job)]
      : numbersOf(job).map((part) => jobOfPart(job, { name: `${name}-${part}` }, part));
  return [accountOf(job), ...jobs];
}

const accountOf = (job: KubernetesJob): object => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadataOf(job, { name: job.name }),
  automountServiceAccountToken: false,
});

type Named = { readonly name: string } | { readonly generateName: string };

const metadataOf = (job: KubernetesJob, named: Named): object => ({
  ...named,
  ...(job.namespace !== undefined && { namespace: job.namespace }),
  labels: labelsOf(job),
});

const labelsOf = ({ name }: Job): Readonly<Record<string, string>> => ({ tsplay: name });

function indexedJob(job: KubernetesJob): object {
  const limit =
    job.minor >= limitPerIndexSince
      ? { backoffLimitPerIndex: 0 }
      : // Where all are used up, parts that still run are ended with the job.
        { backoffLimit: 6 * job.parts };
  const counts = { completionMode: 'Indexed', completions: job.parts, parallelism: job.parts };
  return jobOf(job, { name: job.name }, { ...counts, ...limit }, []);
}

const jobOfPart = (job: KubernetesJob, named: Named, part: number): object =>
  jobOf(job, named, { backoffLimit: 0 }, [{ name: 'SHARD_INDEX', value: `${part}` }]);

interface Variable {
  readonly name: string;
  readonly value: string;
}

function jobOf(
  job: KubernetesJob,
  named: Named,
  how: object,
  environment: readonly Variable[],
): object {
  const template = { metadata: { labels: labelsOf(job) }, spec: podOf(job, environment) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(job, named),
    spec: { ...how, template },
  };
}

function podOf(job: KubernetesJob, environment: readonly Variable[]): object {
  const claim = job.stateClaim;
  const state =
    claim === undefined ? { emptyDir: {} } : { persistentVolumeClaim: { claimName: claim } };
  return {
    serviceAccountName: job.name,
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: grace,
    securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
    containers: [
      {
        name: 'play',
        image: job.image,
        imagePullPolicy: 'IfNotPresent',
        args: [...partWords(job)],
        env: [...environment, { name: 'SHARD_TOTAL', value: `${job.parts}` }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [
          { name: 'ssh', mountPath: '/home/node/.ssh', readOnly: true },
          { name: 'state', mountPath: '/project/.play' },
        ],
      },
    ],
    volumes: [
      // Of root and readable for the group: ssh takes that for a key which is not its own user's.
      { name: 'ssh', secret: { secretName: job.sshSecret, defaultMode: 0o440 } },
      { name: 'state', ...state },
    ],
  };
}
