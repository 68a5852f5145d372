/** How scripts on a host reach the API servers of a cluster: with kubectl there. */
import { quote } from 'tsplay';

export interface KubernetesAccess {
  /** Path of kubectl on the host. */
  readonly kubectl: string;
  /** Path of a kubeconfig on the host. */
  readonly kubeconfig: string;
  /** URLs to try where the kubeconfig's own server is not ready: the first that is gets asked. */
  readonly servers: readonly string[];
}

/** What a script prints where nobody answers: kubectl or its kubeconfig is missing, or no server. */
export const unreachable = 'play-unreachable';

/** Seconds that a server has for saying that it is ready. */
const probeSeconds = 5;

/**
 * Defines `play_kubectl`, which runs kubectl on a ready API server, and `play_find_server`, which
 * finds that server and fails with the reason in `play_why` where there is none. What kubectl
 * learns of the API's kinds is kept in memory alone.
 */
export function kubectlFunctions({ kubectl, kubeconfig, servers }: KubernetesAccess): string {
  const probes = ["''", ...servers.map(quote)].join(' ');
  return `play_k=${quote(kubectl)} play_c=${quote(kubeconfig)} play_s= play_why=
play_kubectl() {
"$play_k" --kubeconfig="$play_c" --cache-dir=/run/play-kubectl \${play_s:+"--server=$play_s"} "$@" </dev/null
}
play_kubectl_stdin() {
"$play_k" --kubeconfig="$play_c" --cache-dir=/run/play-kubectl \${play_s:+"--server=$play_s"} "$@"
}
play_find_server() {
if [ ! -x "$play_k" ]; then play_why="there is no $play_k"; return 1; fi
if [ ! -r "$play_c" ]; then play_why="there is no $play_c"; return 1; fi
for play_s in ${probes}; do
play_why=$(play_kubectl --request-timeout=${probeSeconds}s get --raw=/readyz 2>&1) && return 0
done
return 1
}`;
}
