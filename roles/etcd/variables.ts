/** Variables of the role etcd. */
import { z } from 'tsplay';
import { hostPath, port, word } from '../variables.ts';

/** Paths on the host. Without `peer` and `client` the server's certificate serves for all. */
const tls = z.strictObject({
  ca: hostPath.describe('certificates of the authority of etcd'),
  cert: hostPath.describe("the server's certificate, for the address and 127.0.0.1"),
  key: hostPath.describe('its key, readable by the user etcd'),
  peer: z.strictObject({ cert: hostPath, key: hostPath }).optional(),
  client: z
    .strictObject({ cert: hostPath, key: hostPath })
    .optional()
    .describe('client certificate of etcdctl on the host'),
});

export type EtcdTls = z.output<typeof tls>;

export const etcdVariables = z
  .strictObject({
    etcdGroup: word.default('etcd').describe('the group of the members'),
    etcdPackages: z.array(word).min(1).default(['etcd-server', 'etcd-client']),
    etcdClusterToken: word
      .default('etcd-cluster')
      .describe('distinguishes clusters in one network'),
    etcdDataDir: hostPath.default('/var/lib/etcd/default'),
    etcdClientPort: port.default(2379),
    etcdPeerPort: port.default(2380),
    etcdMetricsPort: port.default(2381).describe('/health and /metrics, over plain http'),
    etcdMetricsOpen: z
      .boolean()
      .default(false)
      .describe("answer /health and /metrics on the host's address too, not on loopback alone"),
    etcdTls: tls
      .optional()
      .describe('existing certificates on the host; default: issued by an authority of its own'),
    etcdPkiDir: hostPath.default('/etc/etcd/pki').describe('folder of certificates on the host'),
    etcdPkiStore: z
      .string()
      .min(1)
      .optional()
      .describe(
        'folder of the controller with the authority; default: .play/pki/TOKEN in the working directory',
      ),
    etcdInitialState: z
      .enum(['new', 'existing'])
      .default('new')
      .describe('existing: this member joins a cluster in which it is registered'),
    etcdAllowEvenMembers: z
      .boolean()
      .default(false)
      .describe('allow an even number of members, while a cluster grows or shrinks'),
    etcdHeartbeat: z.int().min(10).max(60_000).default(250).describe('milliseconds'),
    etcdElection: z.int().min(50).max(50_000).default(2000).describe('milliseconds'),
    etcdQuotaBytes: z
      .int()
      .min(2 ** 20)
      .default(6 * 2 ** 30),
    etcdSnapshotCount: z.int().min(1).default(10_000).describe('transactions'),
    etcdCompaction: z
      .string()
      .regex(/^[1-9]\d*[smh]$/, "must be a duration like '1h'")
      .default('1h')
      .describe('history to keep'),
    etcdEnableV2: z.boolean().default(false).describe('the old API, for flannel before 0.18'),
  })
  .refine((vars) => vars.etcdElection >= 5 * vars.etcdHeartbeat, {
    path: ['etcdElection'],
    message: 'must be at least five times etcdHeartbeat, or etcd refuses to start',
  })
  .refine(
    (vars) => new Set([vars.etcdClientPort, vars.etcdPeerPort, vars.etcdMetricsPort]).size === 3,
    { path: ['etcdMetricsPort'], message: 'the three ports of etcd must differ' },
  );

export type EtcdVariables = z.output<typeof etcdVariables>;
