/** What a lab consists of, computed from its options: names, addresses, links. No input, no output. */
import { sha256 } from '../engine/digest.ts';
import { UsageError } from '../engine/errors.ts';

/** The lab that commands mean when no name is given; `inventories/lab.yaml` describes it. */
export const defaultLab = 'lab';
export const defaultCount = 3;
const defaultSubnet = '10.99.0';
const defaultPrefix = 'node';

/** Hosts stand at .11 to .199; .200 to .254 stay free for addresses that hosts share. */
const firstHost = 11;
const lastHost = 199;
export const maximumCount = lastHost - firstHost + 1;

/** What identifies a lab and does not change while it exists. */
export interface LabPlan {
  readonly name: string;
  /** Host names are the prefix and a number from 1. */
  readonly prefix: string;
  /** The first three numbers of the lab's /24 network, as in `10.99.0`. */
  readonly subnet: string;
  /** Name of the bridge on the controller. */
  readonly bridge: string;
  /** Packages of the base tree beyond the usual ones, sorted. */
  readonly packages: readonly string[];
}

export interface HostPlan {
  readonly name: string;
  readonly address: string;
  /** Unique on this machine, so that labs side by side never share a link or a cgroup. */
  readonly machine: string;
}

export interface PlanOptions {
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
  readonly subnet?: string | undefined;
  readonly packages?: readonly string[] | undefined;
  /** Adds Python, for a comparison with tools that need it on the host. */
  readonly python?: boolean | undefined;
}

/**
 * Plans a new lab.
 * @param taken subnets of the labs that exist, so that a lab without a wish gets a free one
 * @throws UsageError for a name, prefix, subnet or package that cannot be used.
 */
export function planLab(options: PlanOptions, taken: readonly string[]): LabPlan {
  const name = checkName(options.name ?? defaultLab);
  const python = options.python ? ['python3', 'python3-apt'] : [];
  return {
    name,
    prefix: checkPrefix(options.prefix ?? defaultPrefix),
    subnet: options.subnet ? checkSubnet(options.subnet) : freeSubnet(name, taken),
    bridge: bridgeName(name),
    packages: [...new Set([...(options.packages ?? []), ...python])].map(checkPackage).toSorted(),
  };
}

/**
 * Plans the hosts of a lab.
 * @throws UsageError if the count is not between 1 and `maximumCount`.
 */
export function planHosts(lab: LabPlan, count: number): HostPlan[] {
  if (!Number.isInteger(count) || count < 1 || count > maximumCount) {
    throw new UsageError(`a lab has 1 to ${maximumCount} hosts, not ${count}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const name = `${lab.prefix}${index + 1}`;
    return {
      name,
      address: `${lab.subnet}.${firstHost + index}`,
      machine: machineName(lab.name, name),
    };
  });
}

/** The link of a machine on the controller, as systemd-nspawn names it. */
export function linkName(machine: string): string {
  return `vb-${machine}`;
}

/** The bridge of a lab on the controller. */
export function bridgeName(lab: string): string {
  return `lab-${lab}`;
}

/** A link name holds 15 characters, 3 of them `vb-`; what is longer becomes a digest. */
function machineName(lab: string, host: string): string {
  const readable = `${lab}-${host}`;
  if (readable.length <= 12) return readable;
  return `lab-${sha256(readable).slice(0, 8)}`;
}

/** Answers a lab's name, or throws UsageError: the bridge `lab-NAME` holds 15 characters. */
export function checkName(name: string): string {
  if (/^[a-z][a-z0-9]{0,10}$/.test(name)) return name;
  throw new UsageError(`"${name}" cannot name a lab`, {
    hint: 'a lab name is a letter and up to ten letters or digits, all lower case',
  });
}

function checkPrefix(prefix: string): string {
  if (/^[a-z]([a-z0-9-]{0,29}[a-z-])?$/.test(prefix)) return prefix;
  throw new UsageError(`"${prefix}" cannot begin host names`, {
    hint: 'a prefix is lower case letters, digits and dashes, and does not end with a digit',
  });
}

function checkSubnet(subnet: string): string {
  const numbers = subnet.split('.').map(Number);
  const [first = -1, second = -1] = numbers;
  const written = numbers.length === 3 && numbers.join('.') === subnet;
  const inByte = numbers.every((number) => number >= 0 && number <= 255);
  const isPrivate =
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168);
  if (written && inByte && isPrivate) return subnet;
  throw new UsageError(`"${subnet}" cannot be the subnet of a lab`, {
    hint: 'give the first three numbers of a private /24 network, as in --subnet 10.99.3',
  });
}

function checkPackage(name: string): string {
  if (/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return name;
  throw new UsageError(`"${name}" is not the name of a Debian package`);
}

/** The default subnet belongs to the default lab, whose inventory names it. */
function freeSubnet(name: string, taken: readonly string[]): string {
  if (name === defaultLab) return defaultSubnet;
  for (let third = 1; third <= 255; third++) {
    const subnet = `10.99.${third}`;
    if (!taken.includes(subnet)) return subnet;
  }
  throw new UsageError('every subnet from 10.99.1 to 10.99.255 belongs to a lab', {
    hint: 'take a lab down, or choose a network with --subnet',
  });
}
