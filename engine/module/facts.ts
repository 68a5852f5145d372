/** What every host tells of itself with the first round trip. */
export interface Facts {
  /** `uname -n`. */
  readonly hostname: string;
  readonly os: {
    /** ID of /etc/os-release: `debian`, `centos`, `alpine`, … */
    readonly id: string;
    readonly family: 'debian' | 'redhat' | 'suse' | 'alpine' | 'arch' | 'other';
    /** VERSION_ID: `12`, `7`, … */
    readonly version: string;
    /** VERSION_CODENAME: `bookworm`; else what VERSION has in parentheses, or ''. */
    readonly codename: string;
  };
  /** `uname -r`. */
  readonly kernel: string;
  /** `uname -m`: `x86_64`, `aarch64`, … */
  readonly arch: string;
  /** Processors that are online. */
  readonly cpus: number;
  /** Bytes of main memory. */
  readonly memory: number;
  /** Bytes of swap. */
  readonly swap: number;
  /** Whether systemd is PID 1. */
  readonly systemd: boolean;
  readonly packageManager: 'apt' | 'dnf' | 'yum' | 'zypper' | 'apk' | 'pacman' | 'none';
  /** Interface name to addresses, without prefix length; loopback left out. */
  readonly interfaces: Readonly<
    Record<
      string,
      { readonly ipv4: readonly string[]; readonly ipv6: readonly string[]; readonly mac: string }
    >
  >;
  /** Interface and address of the default route; empty strings when there is none. */
  readonly defaultIpv4: {
    readonly interface: string;
    readonly address: string;
    readonly gateway: string;
  };
  readonly machineId: string;
  /** DMI product uuid where readable, else ''. */
  readonly productUuid: string;
  readonly bootId: string;
  /** Seconds since 1970 on the host when it answered, and the controller's at that moment. */
  readonly clock: { readonly host: number; readonly controller: number };
  /** Version of control groups: 1, 2, or 0 for none. */
  readonly cgroups: 0 | 1 | 2;
  /** Effective user of the session: name, uid, home. */
  readonly user: { readonly name: string; readonly uid: number; readonly home: string };
  /** Which of the commands that our scripts ask for are there. */
  readonly has: Readonly<Record<string, boolean>>;
}
