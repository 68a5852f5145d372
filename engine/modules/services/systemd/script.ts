/** The script that brings a unit where it shall be, and shows why it could not. */
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';
import { noSuchUnit } from '../../../readers/services/unit.ts';
import type { UnitSteps } from './differences.ts';
import { unitJournal } from '../../shared/unit-journal.ts';

interface HowToRun {
  readonly scope: 'system' | 'user';
  readonly wait: boolean;
  readonly daemonReload: boolean | 'auto';
  readonly settle: { readonly stable: number };
}

/**
 * @param id the unit's own name: enable and disable refuse aliases
 * @param want scope, whether to wait, how long a start must hold
 */
export function unitScript(id: string, want: HowToRun, steps: UnitSteps): Script {
  const all: Script[] = [prelude(id, want.scope)];
  const step = (text: string) => all.push(rawScript(`${text} || fail "$?"`));
  if (steps.unmask) {
    // A mask of this boot only lies in /run and needs its own word.
    step('ctl unmask -- "$unit"');
    step('ctl --runtime unmask -- "$unit"');
  }
  if (steps.reloadDaemon || steps.unmask) step('ctl daemon-reload');
  else if (want.daemonReload === 'auto' && steps.run !== undefined && steps.run !== 'stop') {
    step('[ "$(outdated)" != yes ] || ctl daemon-reload');
  }
  if (steps.enable === true) step('ctl enable -- "$unit"');
  if (steps.enable === false) {
    step('ctl disable -- "$unit"');
    all.push(
      rawScript(`case $(ctl is-enabled -- "$unit" 2>/dev/null) in
*-runtime) ctl --runtime disable -- "$unit" || fail "$?" ;;
esac`),
    );
  }
  // Before the stop: a socket or timer could start it again at once.
  if (steps.mask) step('ctl mask -- "$unit"');
  // A start that failed too often is refused until this.
  if (steps.resetFailed) step('ctl reset-failed -- "$unit"');
  if (steps.run !== undefined) step(`ctl ${want.wait ? '' : '--no-block '}${steps.run} -- "$unit"`);
  const starts = steps.run === 'start' || steps.run === 'restart';
  if (starts && want.wait && steps.holds) all.push(watch(want.settle.stable));
  return joinScripts(all);
}

function prelude(id: string, scope: 'system' | 'user'): Script {
  const user = scope === 'user';
  return joinScripts([
    sh`unit=${id}`,
    rawScript(`${user ? 'export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"\n' : ''}ctl() { systemctl ${user ? '--user ' : ''}"$@"; }
${unitJournal}
fail() {
  { printf '%s\\n' "--- state and journal of $unit"; play_journal "$unit" ${user ? '--user' : ''}; } >&2
  exit "$1"
}
outdated() { ctl show -p NeedDaemonReload -- ${noSuchUnit} "$unit" | sed -n '$s/^[^=]*=//p'; }`),
  ]);
}

/** A unit that dies or is restarted within the first seconds has not started. */
function watch(seconds: number): Script {
  return rawScript(`look() {
  state= condition= type= stays= run=
  while IFS== read -r key value; do
    case $key in
    ActiveState) state=$value ;;
    ConditionResult) condition=$value ;;
    Type) type=$value ;;
    RemainAfterExit) stays=$value ;;
    InvocationID|NRestarts) run="$run $value" ;;
    esac
  done <<SHOWN
$(ctl show -p ActiveState -p ConditionResult -p Type -p RemainAfterExit -p InvocationID -p NRestarts -- "$unit")
SHOWN
}
gone() {
  case $state in
  active|reloading|activating) return 1 ;;
  failed) return 0 ;;
  esac
  [ "$type" != oneshot ] || [ "$stays" = yes ]
}
first= left=${seconds}
while :; do
  look
  if gone; then
    if [ "$condition" = no ]; then
      printf '%s\\n' "$unit did not start: a condition of its unit file is not met" >&2
    else
      printf '%s\\n' "$unit did not stay up for ${seconds} s after its start" >&2
    fi
    fail 1
  fi
  if [ "$run" != "\${first:=$run}" ]; then
    printf '%s\\n' "$unit was restarted within ${seconds} s after its start: it crashes" >&2
    fail 1
  fi
  [ "$left" -gt 0 ] || break
  left=$((left - 1))
  sleep 1
done`);
}
