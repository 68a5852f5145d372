/** Variables of the role docker. */
import { variables, z } from 'tsplay';
import { cgroupDriverOf, clusterVariables } from '../cluster/index.ts';
import { containerdVariables } from '../containerd/variables.ts';
import { address, hostPath, refusing, taken, word } from '../variables.ts';

const size = z.string().regex(/^[1-9]\d*[kmg]?$/, "must be a size like '100m'");

/** A repository of docker-ce. Its key is not shipped: a key is trusted by whoever gives it. */
const repository = z.strictObject({
  url: z.url().default('https://download.docker.com/linux'),
  key: z.string().min(1).describe('local file with the key of the repository'),
  channel: word.default('stable'),
});

export const dockerVariables = variables(clusterVariables, {
  dockerPackages: z
    .enum(['distribution', 'docker-ce'])
    .default('distribution')
    .describe('docker.io of the distribution, or docker-ce of dockerRepository'),
  dockerVersion: z
    .string()
    .regex(/^[\w.:+~*-]+$/)
    .optional()
    .describe('version of the package, which is then held; `*` matches anything'),
  dockerRepository: repository.optional(),
  dockerRoot: hostPath.default('/var/lib/docker').describe('images and containers'),
  dockerLogSize: size.default('100m').describe('size of one log file of a container'),
  dockerLogFiles: z.int().min(1).default(3).describe('log files kept for each container'),
  dockerMirrors: z.array(z.url()).default([]),
  dockerInsecureRegistries: z.array(word).default([]).describe('for a lab only'),
  dockerBip: z
    .string()
    .optional()
    .describe('address and network of the bridge, different on each host'),
  dockerDns: z.array(address).default([]),
  dockerDaemon: z
    .record(z.string(), z.json())
    .default({})
    .describe("further keys of daemon.json; they override the role's"),
  ...taken('containerd', containerdVariables, 'cniPackages'),
  dockerImages: z
    .array(z.string().min(1))
    .default([])
    .describe('local archives with one image each, loaded if missing'),
}).superRefine(
  refusing((vars, refuse) => {
    if (vars.dockerPackages === 'docker-ce' && vars.dockerRepository === undefined) {
      refuse('dockerRepository', 'docker-ce needs it, with the key of the repository');
    }
    const other = driverIn(vars.dockerDaemon['exec-opts']);
    const driver = cgroupDriverOf(vars);
    if (other !== undefined && other !== driver) {
      refuse(
        'dockerDaemon',
        `sets the cgroup driver ${other}, and kubelet has ${driver}: set clusterCgroupDriver, for both`,
      );
    }
  }),
);

export type DockerVariables = z.output<typeof dockerVariables>;

function driverIn(options: unknown): string | undefined {
  if (!Array.isArray(options)) return undefined;
  const drivers = options.flatMap(
    (option) => /^native\.cgroupdriver=(\w+)$/.exec(String(option))?.[1] ?? [],
  );
  return drivers.at(-1);
}
