/** Scripts that change accounts: shadow's tools, or busybox's where there are no others. */
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';

export interface NewUser {
  readonly name: string;
  readonly uid?: number | undefined;
  readonly group?: string | undefined;
  readonly groups: readonly string[];
  readonly comment?: string | undefined;
  readonly home?: string | undefined;
  readonly shell?: string | undefined;
  readonly system: boolean;
  readonly createHome: boolean;
}

const option = (flag: string, of: string | number | undefined): readonly string[] =>
  of === undefined ? [] : [flag, String(of)];

export function addUser(user: NewUser): Script {
  const shadow = [
    ...option('-u', user.uid),
    ...option('-g', user.group),
    ...(user.groups.length === 0 ? [] : ['-G', user.groups.join(',')]),
    ...option('-c', user.comment),
    ...option('-d', user.home),
    ...option('-s', user.shell),
    ...(user.system ? ['-r'] : []),
    user.createHome ? '-m' : '-M',
    user.name,
  ];
  const busybox = [
    '-D',
    ...option('-u', user.uid),
    ...option('-G', user.group),
    ...option('-g', user.comment),
    ...option('-h', user.home),
    ...option('-s', user.shell),
    ...(user.system ? ['-S'] : []),
    ...(user.createHome ? [] : ['-H']),
    user.name,
  ];
  return sh`if command -v useradd >/dev/null 2>&1; then useradd ${shadow} || exit
else
  adduser ${busybox} || exit
  for g in ${user.groups}; do addgroup ${user.name} "$g" || exit; done
fi`;
}

export interface UserChanges {
  readonly uid?: number | undefined;
  readonly group?: string | undefined;
  readonly comment?: string | undefined;
  readonly home?: string | undefined;
  readonly moveHome: boolean;
  readonly shell?: string | undefined;
}

/** Fields of an account that is there. busybox has no command for them. */
export function changeUser(name: string, to: UserChanges): Script | undefined {
  const words = [
    ...option('-u', to.uid),
    ...option('-g', to.group),
    ...option('-c', to.comment),
    ...option('-d', to.home),
    ...(to.home !== undefined && to.moveHome ? ['-m'] : []),
    ...option('-s', to.shell),
  ];
  if (words.length === 0) return undefined;
  return sh`if ! command -v usermod >/dev/null 2>&1; then
  printf 'usermod is missing: install the package shadow to change %s\n' ${name} >&2
  exit 1
fi
usermod ${words} ${name} || exit`;
}

/** @param all every group that the user is to have besides the primary one */
export function changeGroups(
  name: string,
  all: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): Script {
  return sh`if command -v usermod >/dev/null 2>&1; then usermod -G ${all.join(',')} ${name} || exit
else
  for g in ${added}; do addgroup ${name} "$g" || exit; done
  for g in ${removed}; do delgroup ${name} "$g" || exit; done
fi`;
}

/** The hash goes through a pipe: no process shows it. */
export const setPassword = (name: string, hash: string): Script =>
  sh`printf '%s\n' ${`${name}:${hash}`} | chpasswd -e || exit`;

export const lockPassword = (name: string, locked: boolean): Script =>
  sh`if command -v usermod >/dev/null 2>&1; then usermod ${locked ? '-L' : '-U'} ${name} || exit
else passwd ${locked ? '-l' : '-u'} ${name} || exit; fi`;

/** As a new account gets it: the skeleton, owned by the user, with the mode of login.defs. */
export const makeHome = (name: string, home: string): Script =>
  joinScripts([
    sh`name=${name} home=${home}`,
    rawScript(`mode=$(sed -n 's/^HOME_MODE[[:space:]]*\\([0-7]*\\).*/\\1/p' /etc/login.defs 2>/dev/null)
if [ ! -d "$home" ]; then
  owner=$(id -u "$name"):$(id -g "$name") || exit
  mkdir -p -m 0755 -- "\${home%/*}/" && mkdir -m 0700 -- "$home" && cd -P -- "$home" || exit
  if [ -d /etc/skel ]; then cp -R /etc/skel/. ./ || exit; fi
  # It is closed until all in it is the user's, and this shell stands in it.
  find . -depth ! -path . -exec chown -h "$owner" -- {} + && chown -h "$owner" . && chmod "\${mode:-0755}" . || exit
  cd / || exit
fi`),
  ]);

export const removeUser = (name: string, withHome: boolean): Script =>
  sh`if command -v userdel >/dev/null 2>&1; then userdel ${withHome ? ['-r'] : []} ${name} || exit
else deluser ${withHome ? ['--remove-home'] : []} ${name} || exit; fi`;

export function addGroup(name: string, gid: number | undefined, system: boolean): Script {
  const shadow = [...option('-g', gid), ...(system ? ['-r'] : []), name];
  const busybox = [...option('-g', gid), ...(system ? ['-S'] : []), name];
  return sh`if command -v groupadd >/dev/null 2>&1; then groupadd ${shadow} || exit
else addgroup ${busybox} || exit; fi`;
}

export const changeGid = (name: string, gid: number): Script =>
  sh`if ! command -v groupmod >/dev/null 2>&1; then
  printf 'groupmod is missing: install the package shadow to change %s\n' ${name} >&2
  exit 1
fi
groupmod -g ${gid} ${name} || exit`;

export const removeGroup = (name: string): Script =>
  sh`if command -v groupdel >/dev/null 2>&1; then groupdel ${name} || exit
else delgroup ${name} || exit; fi`;
