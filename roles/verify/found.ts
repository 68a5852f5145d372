/** What the API server says of pods and services. */
import { PlaybookError } from 'tsplay';

type Fields = Readonly<Record<string, unknown>>;

const fields = (of: unknown): Fields =>
  typeof of === 'object' && of !== null ? (of as Fields) : {};
const listOf = (of: unknown): readonly Fields[] => (Array.isArray(of) ? of.map(fields) : []);
const textOf = (of: unknown): string => (typeof of === 'string' ? of : '');

/** Addresses of pods that have one and are not on their way out. */
export const podsOf = (pods: readonly Fields[]): readonly string[] =>
  pods
    .filter((pod) => fields(pod['metadata'])['deletionTimestamp'] === undefined)
    .map((pod) => textOf(fields(pod['status'])['podIP']))
    .filter((address) => address !== '');

/** @throws PlaybookError where the node has none */
export function podOn(pods: readonly Fields[], node: string): string {
  const pod = pods.find(
    (each) =>
      fields(each['spec'])['nodeName'] === node &&
      fields(each['metadata'])['deletionTimestamp'] === undefined,
  );
  if (pod) return textOf(fields(pod['metadata'])['name']);
  throw new PlaybookError(`no pod of the service is on ${node}`);
}

export function nodePortOf(services: readonly Fields[]): number {
  const [port] = listOf(fields(services[0]?.['spec'])['ports']);
  return Number(port?.['nodePort'] ?? 0);
}

export const clusterAddressOf = (services: readonly Fields[]): string =>
  textOf(fields(services[0]?.['spec'])['clusterIP']);

/** Images of running pods, each once. */
export const imagesOf = (pods: readonly Fields[]): readonly string[] => [
  ...new Set(
    pods
      .filter((pod) => fields(pod['metadata'])['deletionTimestamp'] === undefined)
      .flatMap((pod) => listOf(fields(pod['spec'])['containers']))
      .map((container) => textOf(container['image'])),
  ),
];
