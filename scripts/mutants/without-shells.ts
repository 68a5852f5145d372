/** Leaves out the tests that do under each shell what others of their file plan without. */
import { beforeEach } from 'vitest';

const slow = /\b(?:under|by) (?:dash|bash|busybox)\b|^whatever is set is there/;

beforeEach(({ task, skip }) => {
  const names = [task.name];
  for (let { suite } = task; suite; suite = suite.suite) names.unshift(suite.name);
  if (slow.test(names.join(' ').trim())) skip();
});
