/** What makes hosts: systemd-nspawn is shipped; docker or podman would implement the same. */
import type { HostPlan, LabPlan } from './plan.ts';

/** Says one line to the person, about what takes a while. */
export type Say = (line: string) => void;

/** A lab as a driver needs it: its plan and where its state is. */
export interface LabPlace extends LabPlan {
  readonly folder: string;
  /** The base tree or image that its hosts stand on, as `prepareBase` answered. */
  readonly base: string;
}

/** How a host is to be reached by key: what goes into a new host. */
export interface HostAccess {
  /** One line for `authorized_keys`. */
  readonly publicKey: string;
}

export interface Netem {
  /** Milliseconds added to each packet towards the host. */
  readonly delay?: number;
  /** Share of packets towards the host that are lost, in percent. */
  readonly loss?: number;
}

export interface Driver {
  readonly name: string;
  /**
   * Makes sure that hosts can run on this machine, installing what it may.
   * @throws PlayError that lists everything missing, before anything was done.
   */
  require(say: Say): Promise<void>;
  /**
   * Builds what hosts stand on, or finds it built. Safe to call again after a kill.
   * @param state the state folder
   * @param packages packages beyond the usual ones
   * @returns its place, for `LabPlace.base`
   */
  prepareBase(state: string, packages: readonly string[], say: Say): Promise<string>;
  /** First three numbers of networks in use on this machine, apart from a bridge → who uses them. */
  usedSubnets(bridge: string): Promise<Map<string, string>>;
  /** The lab of another state folder that stands under this lab's name, if any. */
  foreignOwner(lab: Pick<LabPlace, 'bridge' | 'folder'>): Promise<string | undefined>;
  openNetwork(lab: LabPlace): Promise<void>;
  /** @param isLast whether no other lab is left, so that settings of the controller go back */
  closeNetwork(lab: LabPlace, isLast: boolean): Promise<void>;
  /** Makes a host's file system with its own identity; a half-made one is made anew. */
  create(lab: LabPlace, host: HostPlan, access: HostAccess): Promise<void>;
  /** Public host keys of a created host, as `TYPE BASE64` lines, read from its own files. */
  hostKeys(lab: LabPlace, host: HostPlan): Promise<string[]>;
  /** Starts a created host that is not running; answers before it accepts connections. */
  boot(lab: LabPlace, host: HostPlan): Promise<void>;
  /** Process id of the host's init as the controller sees it; undefined if it does not run. */
  leader(lab: LabPlace, host: HostPlan): Promise<number | undefined>;
  /** Shuts a host down in order; kills it if it takes longer than `patience` milliseconds. */
  stop(lab: LabPlace, host: HostPlan, patience: number): Promise<void>;
  /** Ends a host at once, as when its power is cut. */
  powerOff(lab: LabPlace, host: HostPlan): Promise<void>;
  /** Removes a host that does not run: its files, mounts and groups. */
  remove(lab: LabPlace, host: HostPlan): Promise<void>;
  /** Folder in which the controller sees the host's file system. */
  root(lab: LabPlace, host: HostPlan): string;
  /** Other folders of the controller that the host sees at a path of its own: path → folder. */
  volumes(lab: LabPlace, host: HostPlan): ReadonlyMap<string, string>;
  /** The command line that runs a program inside a host without ssh. */
  inside(lab: LabPlace, host: HostPlan, argv: readonly string[]): Promise<string[]>;
  setLink(host: HostPlan, up: boolean): Promise<void>;
  /** Sets latency and loss of the link; both absent or 0 removes them. */
  setNetem(host: HostPlan, netem: Netem): Promise<void>;
}
