/** Objects of an API server, by kubectl: a server and its etcd on the host, without any node. */
import { absent } from '../../../engine/module/reader.ts';
import type { KubernetesAccess } from '../../../kubernetes/readers/script.ts';
import {
  hostKubernetes,
  kubernetes,
  kubernetesObjects,
} from '../../../kubernetes/readers/kubernetes.ts';
import { kubernetesBinaries } from '../../../lab/kubernetes/build.ts';
import { is, recording, type Recording } from './recording.ts';

const kubectl = '/usr/local/bin/kubectl';

const server = `systemctl start etcd
if ! systemctl is-active --quiet apiserver; then
rm -rf /srv/kube; mkdir -p /srv/kube; cd /srv/kube
openssl genrsa -out sa.key 2048 2>/dev/null
echo 'secret,admin,1,"system:masters"' >tokens
systemctl reset-failed apiserver 2>/dev/null || :
systemd-run --quiet --unit=apiserver /usr/local/bin/kube-apiserver --etcd-servers=http://127.0.0.1:2379 \\
  --cert-dir=/srv/kube --bind-address=127.0.0.1 --secure-port=6443 --token-auth-file=/srv/kube/tokens \\
  --authorization-mode=RBAC --service-cluster-ip-range=10.96.0.0/16 --service-account-key-file=/srv/kube/sa.key \\
  --service-account-signing-key-file=/srv/kube/sa.key --service-account-issuer=https://kubernetes.default.svc
fi
config() {
printf '{"apiVersion":"v1","kind":"Config","current-context":"own","clusters":[{"name":"own","cluster":{"server":"%s","insecure-skip-tls-verify":true}}],"users":[{"name":"admin","user":{"token":"secret"}}],"contexts":[{"name":"own","context":{"cluster":"own","user":"admin"}}]}' "$1"
}
config https://127.0.0.1:6443 >/srv/kube/admin.conf
config https://127.0.0.1:1 >/srv/kube/wrong.conf
export KUBECONFIG=/srv/kube/admin.conf
i=0; until kubectl get --raw=/readyz >/dev/null 2>&1 && kubectl get ns default >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 60 ]; sleep 1; done
kubectl create namespace own --dry-run=client -o yaml | kubectl apply -f - >/dev/null 2>&1
kubectl -n own create configmap settings --from-literal=a=1 --dry-run=client -o yaml | kubectl apply -f - >/dev/null 2>&1`;

const access = (kubeconfig: string, servers: readonly string[] = []): KubernetesAccess => ({
  kubectl,
  kubeconfig: `/srv/kube/${kubeconfig}`,
  servers,
});
const admin = access('admin.conf');

const settings = (name: string, data: unknown) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const manifest = (...items: readonly unknown[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const objects = (of: KubernetesAccess, items: readonly unknown[], dryRun?: string) =>
  kubernetesObjects({ access: of, namespace: 'own', manifest: manifest(...items), dryRun });
const dryRun = '--dry-run=server';
const get = (of: KubernetesAccess, ...argv: readonly string[]) =>
  kubernetes({ access: of, argv: ['get', ...argv, '-o', 'json'] });

const on = {
  on: 'debian-12',
  version: 'kubectl version --client',
  packages: ['etcd-server', 'etcd-client'],
  async programs() {
    const { directory } = await kubernetesBinaries((line) => process.stderr.write(`${line}\n`));
    return Object.fromEntries(
      ['kubectl', 'kube-apiserver'].map((name) => [
        `/usr/local/bin/${name}`,
        `${directory}/${name}`,
      ]),
    );
  },
} as const;

export const kubernetesRecordings: readonly Recording[] = [
  recording({ ...on, prepare: server }, [
    [
      objects(admin, [settings('settings', { a: '2' }), settings('fresh', { b: '1' })], dryRun),
      is({
        reached: true,
        refused: undefined,
        live: [{ kind: 'ConfigMap', data: { a: '1' }, metadata: { name: 'settings' } }],
        applied: [{ data: { a: '2' } }, { data: { b: '1' }, metadata: { namespace: 'own' } }],
      }),
    ],
    [objects(admin, [settings('fresh', {})]), is({ live: [], applied: undefined, reached: true })],
    [
      objects(admin, [settings('Bad_Name', {})], dryRun),
      is({ live: [], reached: true, refused: /Bad_Name.*invalid|Invalid value/s }),
    ],
    [
      objects(
        admin,
        [{ apiVersion: 'no.such/v1', kind: 'Thing', metadata: { name: 'x' } }],
        dryRun,
      ),
      is({ reached: true, refused: /no matches for kind "Thing"/ }),
    ],
    [
      objects(access('wrong.conf'), [settings('settings', {})], dryRun),
      is({ reached: false, refused: /127\.0\.0\.1:1/ }),
    ],
    [
      objects(access('wrong.conf', ['https://127.0.0.1:6443']), [settings('settings', {})], dryRun),
      is({ reached: true, live: [{ metadata: { name: 'settings' } }] }),
    ],
    [objects(access('none.conf'), [settings('settings', {})], dryRun), absent],
  ]),
  recording(on, [
    [get(admin, 'namespace', 'own'), is({ reached: true, objects: [{ kind: 'Namespace' }] })],
    [get(admin, 'nodes'), is({ reached: true, objects: [] })],
    [get(admin, 'node', 'nope', '--ignore-not-found'), is({ reached: true, objects: [] })],
    [get(admin, 'node', 'nope'), is({ reached: true, refused: /"nope" not found/ })],
    [get(access('wrong.conf'), 'nodes'), is({ reached: false, refused: /refused/ })],
    [get(access('none.conf'), 'nodes'), absent],
  ]),
  recording(on, [
    [
      hostKubernetes({ access: admin, argv: ['get', 'namespace', 'own', '-o', 'json'] }),
      is({ reached: true, objects: [{ kind: 'Namespace' }] }),
    ],
  ]),
];
