/** Objects of Kubernetes, members of etcd, images of containers. */
export { containerImage } from './container-image/index.ts';
export { etcdMember } from './etcd-member.ts';
export { k8s } from './k8s/index.ts';
export { k8sDrain } from './k8s-drain.ts';
export { k8sInfo } from './k8s-info.ts';
export { k8sLabel } from './k8s-label.ts';
export { k8sTaint } from './k8s-taint.ts';
export { k8sWait } from './k8s-wait.ts';
export { kubeconfig } from './kubeconfig/index.ts';
