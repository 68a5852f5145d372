/** The script that a pod runs: it ends with 0 when everybody answered it. */
import type { Cluster } from '../cluster/index.ts';
import { inUrl } from '../variables.ts';
import { clusterAddressOf } from './found.ts';

export function answersScript(
  cluster: Cluster,
  pods: readonly string[],
  services: readonly Readonly<Record<string, unknown>>[],
): string {
  const name = `web.play-verify.svc.${cluster.domain}`;
  const urls = [...pods, clusterAddressOf(services), name].map((host) => `http://${inUrl(host)}/`);
  return `bad=0
for url in ${urls.join(' ')}; do
timeout 10 wget -q -O /dev/null "$url" || { echo "no answer of $url"; bad=1; }
done
nslookup kubernetes.default.svc.${cluster.domain} >/dev/null 2>&1 || { echo 'no name of the API'; bad=1; }
exit $bad`;
}
