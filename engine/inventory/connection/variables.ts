/** Connection variables: our names first, then Ansible's; everything that a host's way in needs. */
import { didYouMeanHint } from '../../did-you-mean.ts';
import { formatPlace, InventoryError } from '../../errors.ts';
import { isSecret, reveal } from '../../secrets/secret.ts';
import * as read from './values.ts';
import type { InventoryBuilder } from '../builder.ts';
import type { Layer } from '../variables/layers.ts';
import { placeOfVariable, type Variable } from '../variables/variable.ts';
import { type Settings, type Slot } from './settings.ts';

interface Meaning {
  readonly slot: Slot;
  readonly read: read.Reader<Settings[Slot]>;
}

const table: readonly (Meaning & { readonly names: readonly string[] })[] = [
  { slot: 'host', names: ['host', 'ansible_host', 'ansible_ssh_host'], read: read.address },
  { slot: 'port', names: ['port', 'ansible_port', 'ansible_ssh_port'], read: read.portNumber },
  { slot: 'user', names: ['user', 'ansible_user', 'ansible_ssh_user'], read: read.user },
  {
    slot: 'password',
    names: ['password', 'ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
    read: read.hidden,
  },
  {
    slot: 'privateKeyFile',
    names: ['privateKeyFile', 'ansible_ssh_private_key_file', 'ansible_private_key_file'],
    read: read.path,
  },
  { slot: 'knownHostsFile', names: ['knownHostsFile'], read: read.path },
  {
    slot: 'hostKeyChecking',
    names: ['hostKeyChecking', 'ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
    read: read.hostKeyChecking,
  },
  { slot: 'transport', names: ['transport', 'ansible_connection'], read: read.transport },
  { slot: 'proxyJump', names: ['proxyJump'], read: read.text },
  { slot: 'sshArguments', names: ['sshArguments'], read: read.words },
  { slot: 'sshArgs', names: ['ansible_ssh_args'], read: read.words },
  { slot: 'sshCommonArgs', names: ['ansible_ssh_common_args'], read: read.words },
  { slot: 'sshExtraArgs', names: ['ansible_ssh_extra_args'], read: read.words },
  {
    slot: 'connectTimeout',
    names: ['connectTimeout', 'ansible_ssh_timeout', 'ansible_timeout'],
    read: read.seconds,
  },
  { slot: 'connectionPersist', names: ['connectionPersist'], read: read.secondsOrNone },
  { slot: 'become', names: ['become', 'ansible_become'], read: read.flag },
  { slot: 'becomeUser', names: ['becomeUser', 'ansible_become_user'], read: read.text },
  {
    slot: 'becomeMethod',
    names: ['becomeMethod', 'ansible_become_method'],
    read: read.becomeMethod,
  },
  {
    slot: 'becomePassword',
    names: ['becomePassword', 'ansible_become_password', 'ansible_become_pass'],
    read: read.hidden,
  },
];

/** By every spelling. */
const meanings: ReadonlyMap<string, Meaning> = new Map(
  table.flatMap(({ names, ...meaning }) => names.map((name) => [name, meaning])),
);

/** Spellings of each connection variable, ours first, for the documentation page. */
export const connectionVariableNames: readonly (readonly string[])[] = table.map(
  ({ names }) => names,
);

export const isConnectionVariable = (name: string): boolean => meanings.has(name);

/** Ansible's variables that mean nothing here and do no harm. */
const harmless =
  /^ansible_(?:.*python_interpreter|shell_(?:type|executable)|(?:ssh_)?pipelining|ssh_(?:retries|transfer_method)|scp_.*|sftp_.*|control_path.*|remote_tmp|async_dir|facts?_.*|winrm_.*)$/;

/**
 * Takes connection variables out of a layer's variables. Wrong types, two spellings that disagree
 * and variables of Ansible that we would have to obey are reported; expressions are warned of.
 */
export function takeSettings(layer: Layer, builder: InventoryBuilder): void {
  for (const variable of layer.variables.values()) {
    const meaning = meanings.get(variable.name);
    if (meaning) {
      layer.variables.delete(variable.name);
      takeSetting(variable, meaning, layer, builder);
    } else if (variable.name.startsWith('ansible_')) {
      layer.variables.delete(variable.name);
      takeAnsible(variable, layer, builder);
    } else if (holdsExpression(variable.value)) {
      const hint = 'compute it in the role; a template of your own may hold it as text';
      const message = `${variable.path}: '{{ … }}' is not evaluated in an inventory`;
      builder.warnings.push({ message, at: placeOfVariable(variable), hint });
    }
  }
}

function takeSetting(
  variable: Variable,
  meaning: Meaning,
  layer: Layer,
  builder: InventoryBuilder,
): void {
  const at = placeOfVariable(variable);
  const reading = meaning.read(variable);
  if ('wrong' in reading) {
    const message = `${variable.path}: ${reading.wrong}`;
    return builder.report(new InventoryError(message, { at, hint: reading.hint }));
  }
  const { value, warning } = reading;
  if (warning !== undefined) builder.warnings.push({ message: `${variable.path}: ${warning}`, at });
  const other = layer.settings.get(meaning.slot);
  if (other && !isEqual(other.value, value)) {
    const place = placeOfVariable(other.variable);
    const where = place ? formatPlace(place) : 'the command line';
    builder.report(
      new InventoryError(
        `${variable.path} and ${other.variable.path} are the same variable with two values`,
        { at, hint: `keep one of them; the other is at ${where}` },
      ),
    );
  }
  layer.settings.set(meaning.slot, { value, variable });
}

function takeAnsible(variable: Variable, layer: Layer, builder: InventoryBuilder): void {
  const { name, path, value } = variable;
  const at = placeOfVariable(variable);
  if (name === 'ansible_group_priority') {
    const group = builder.groups.get(layer.entity);
    if (layer.level !== 'inventory groups' || !group || typeof value !== 'number') {
      const hint = "write a number, below the group's vars in the inventory file";
      return builder.report(new InventoryError(`${path}: cannot be a priority here`, { at, hint }));
    }
    group.priority ??= { value, at };
    return;
  }
  if (harmless.test(name)) {
    builder.warnings.push({ message: `${path} has no effect in tsplay`, at });
    return;
  }
  const hint =
    didYouMeanHint(name, meanings.keys()) ??
    'names that begin with ansible_ are for the connection; remove it or rename it';
  builder.report(new InventoryError(`${path} is not supported`, { at, hint }));
}

/** Whether a text anywhere in the value looks as if Ansible should fill it in. */
function holdsExpression(value: unknown): boolean {
  if (typeof value === 'string') return /\{\{.*\}\}/s.test(value);
  if (typeof value !== 'object' || value === null || isSecret(value)) return false;
  return Object.values(value).some(holdsExpression);
}

function isEqual(a: Settings[Slot], b: Settings[Slot]): boolean {
  if (isSecret(a) && isSecret(b)) return reveal(a) === reveal(b);
  return JSON.stringify(a) === JSON.stringify(b);
}
