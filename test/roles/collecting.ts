/** Short ways to ask what a role does for a host, and what is said against it. */
import type { Role } from 'tsplay';
import { formatError } from '../../engine/errors.ts';
import { collected } from './collected.ts';

/** Names of the tasks of one host. */
export async function tasksOf(role: Role, yaml: string, host: string): Promise<readonly string[]> {
  return (await collected(role, yaml)).host(host).names;
}

/** The mistakes that are told before anything connects, as people see them; '' for none. */
export async function mistakesOf(role: Role, yaml: string): Promise<string> {
  return collected(role, yaml).then(() => '', formatError);
}
