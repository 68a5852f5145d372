/** Becoming another user: the text that starts the inner shell, and what refusals mean. */
import { BecomeError, PlayError, StepError } from '../../errors.ts';
import { tellingLines } from '../../transport/ssh-failure.ts';
import type { Become } from '../../transport/transport.ts';
import { halves } from '../host/functions.ts';
import { quote } from '../quote.ts';

/** @throws PlayError for what cannot be done safely (rule 29, become) */
export function checkBecome(become: Become): void {
  if (become.password && become.method !== 'sudo')
    throw new PlayError(`${become.method} cannot be given a password`, {
      hint: 'use becomeMethod: sudo, or let the user in without a password',
    });
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/.test(become.user))
    throw new PlayError(`${JSON.stringify(become.user)} is no user name to become`);
}

/** What starts the inner shell; `$@` are its own arguments. */
function command(become: Become, shell: string): string {
  const user = quote(become.user);
  if (become.method === 'sudo') return `sudo -n -H -u ${user} -- ${shell} -s "$@"`;
  if (become.method === 'doas') return `doas -n -u ${user} ${shell} -s "$@"`;
  return `su -s /bin/sh -c "exec ${shell} -s '$1' '$2'" ${user}`;
}

const identify = `set -- "\${tsplay_anchor:-$PPID}" "$(id -un)"\nunset tsplay_anchor\n`;
const paths = 'PATH=$PATH:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n';

/**
 * Without a password nothing needs to be waited for: the first text rides along, and `cat` passes
 * on what follows. The login shell may read ahead, so nothing more is written until `hello` came.
 */
export function becomeText(become: Become, shell: string, mark: string, text: string): string {
  const [first, second] = halves(mark);
  return `${paths}${identify}{ printf %s ${quote(text)}; exec cat; } | {
if [ "$2" = ${quote(become.user)} ]; then ${shell} -s "$@"; else ${command(become, shell)}; fi
printf '%s%s gone %s\\n' ${first} ${second} "$?" >&2
}
exit
`;
}

/**
 * With a password: sudo asks with our prompt, or opens at once when it needs none. The mark is
 * none of the session's: it stands in sudo's arguments and in its log.
 */
export function passwordText(become: Become, shell: string, mark: string, prompt: string): string {
  const [first, second] = halves(mark);
  const user = quote(become.user);
  const inner = `printf '%s%s open\\n' ${first} ${second}; exec ${shell} -s "$@"`;
  return `${paths}${identify}printf '%s%s begun\\n' ${first} ${second} >&2
if [ "$2" = ${user} ]; then exec /bin/sh -c ${quote(inner)} sh "$@"; fi
exec sudo -S -p ${prompt} -H -u ${user} -- /bin/sh -c ${quote(inner)} sh "$@"
`;
}

interface Refusal {
  readonly pattern: RegExp;
  readonly means: string;
  readonly hint: string;
}

const refusals: readonly Refusal[] = [
  {
    pattern: /must have a tty/,
    means: 'sudo wants a terminal (requiretty)',
    hint: 'add `Defaults:LOGIN !requiretty` to sudoers on the host',
  },
  {
    pattern: /password is required|Authentication required|a terminal is required/i,
    means: 'a password is needed',
    hint: 'give becomePassword or --ask-become-pass, or allow NOPASSWD in sudoers',
  },
  {
    pattern: /incorrect password|Sorry, try again|Authentication failure|no password was provided/i,
    means: 'the password is wrong',
    hint: 'check becomePassword',
  },
  {
    pattern: /not in the sudoers file|is not allowed to|may not run sudo|Operation not permitted/,
    means: 'the login user may not',
    hint: 'allow it in sudoers on the host',
  },
  {
    pattern: /unknown user|unknown uid|does not exist|no such user/i,
    means: 'there is no such user',
    hint: 'check becomeUser',
  },
  {
    pattern: /(sudo|su|doas): (command )?not found|: not found/,
    means: 'the program is missing on the host',
    hint: 'install it, or set another becomeMethod',
  },
];

/** The error for a host that did not let us become that user. `said`: its stderr. */
export function becomeRefused(host: string, become: Become, said: string): BecomeError {
  const lines = tellingLines(said);
  const found = refusals.find(({ pattern }) => lines.some((line) => pattern.test(line)));
  const last = (lines.findLast((line) => found?.pattern.test(line)) ?? lines.at(-1) ?? '').trim();
  const means = found ? `${found.means} (${last})` : last || `${become.method} gave no reason`;
  return new BecomeError(
    `cannot become ${become.user} on ${host} through ${become.method}: ${means}`,
    {
      hint: found?.hint,
      cause: said,
    },
  );
}

/** sudo ran the shell on a pseudo-terminal that rewrites what it prints. */
export const rewritten = (host: string): StepError =>
  new StepError(`sudo on ${host} puts its output through a terminal (use_pty), which changes it`, {
    hint: 'add `Defaults:LOGIN !use_pty` to sudoers on the host',
  });
