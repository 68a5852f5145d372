/**
 * The script that removes what kubelet, kube-proxy and the pod network made on a host and no unit
 * takes away: containers, mounts, network namespaces, links and chains of their own. Everything
 * else of the host's network stays: nothing is flushed but these chains.
 *
 *     look   KUBELET-ROOT POD-CIDR BRIDGE    ends with 0 where nothing is left
 *     remove KUBELET-ROOT POD-CIDR BRIDGE
 */
export const forgetNode = String.raw`set -u
root=$2 pods=$3 bridge=$4
# Chains of Kubernetes, of CNI plugins, of flannel and of the role cni.
ours='^(KUBE-|CNI-|FLANNEL-|PLAY-PODS)'

# Mounts below a folder, not on it, the deepest first.
mounts() {
  awk -v "under=$1/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r
}

namespaces() {
  for name in /run/netns/cni-*; do [ ! -e "$name" ] || printf '%s\n' "$name"; done
}

links() {
  for name in "$bridge" flannel.1 kube-ipvs0; do
    [ ! -e "/sys/class/net/$name" ] || printf '%s\n' "$name"
  done
}

# What takes our chains out of a table, and no other rule: for iptables-restore --noflush.
chains() {
  "$1-save" -t "$2" 2>/dev/null | awk -v "ours=$ours" -v "pods=$pods" '
    /^:/ { name = substr($1, 2); if (name ~ ours) { own[++count] = name; mine[name] = 1 } }
    /^-A/ {
      jumps = 0
      for (i = 3; i < NF; i++) {
        if (($i == "-j" || $i == "-g") && $(i + 1) in mine) jumps = 1
        # flannel has rules of its own in chains of the system.
        if (($i == "-s" || $i == "-d") && $(i + 1) == pods) jumps = 1
      }
      if (jumps && !($2 in mine)) { sub(/^-A/, "-D"); rules[++found] = $0 }
    }
    END {
      for (i = 1; i <= found; i++) print rules[i]
      for (i = 1; i <= count; i++) print "-F " own[i]
      for (i = 1; i <= count; i++) print "-X " own[i]
    }'
}

each_table() {
  for program in iptables ip6tables; do
    command -v "$program-save" >/dev/null 2>&1 || continue
    for table in filter nat mangle; do "$1" "$program" "$table"; done
  done
}

remove_chains() {
  wanted=$(chains "$1" "$2")
  [ -z "$wanted" ] || printf '*%s\n%s\nCOMMIT\n' "$2" "$wanted" | "$1-restore" -w --noflush
}

left() {
  mounts "$root"
  namespaces
  links
  each_table chains
  for folder in "$root" /var/lib/cni /run/flannel; do
    [ ! -d "$folder" ] || find "$folder" -mindepth 1 -maxdepth 1
  done
}

if [ "$1" = look ]; then
  found=$(left)
  [ -z "$found" ]
  exit
fi

# Containers of pods, as whoever runs them knows them.
if [ -S /run/containerd/containerd.sock ] && command -v ctr >/dev/null 2>&1; then
  for try in 1 2 3 4 5; do
    tasks=$(ctr -n k8s.io tasks ls -q)
    [ -n "$tasks" ] || break
    for task in $tasks; do ctr -n k8s.io tasks kill -a -s KILL "$task" 2>/dev/null; done
    sleep 1
    for task in $tasks; do ctr -n k8s.io tasks rm -f "$task" >/dev/null 2>&1; done
  done
  for container in $(ctr -n k8s.io containers ls -q); do
    ctr -n k8s.io containers rm "$container" >/dev/null 2>&1
  done
fi
if [ -S /var/run/docker.sock ] && command -v docker >/dev/null 2>&1; then
  containers=$(docker ps -aq --filter name=k8s_)
  [ -z "$containers" ] || docker rm -f $containers >/dev/null
fi

set -e
mounts "$root" | while read -r mount; do umount "$mount"; done
namespaces | while read -r name; do ip netns delete "$(basename "$name")"; done
links | while read -r name; do ip link delete "$name"; done
each_table remove_chains
for folder in "$root" /var/lib/cni /run/flannel; do
  [ ! -d "$folder" ] || find "$folder" -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
done
rm -rf /run/play-kubectl
`;
