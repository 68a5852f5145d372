/** Parts of the bench can be run alone: the rest of the results stays as it is. */
import { describe, expect, it } from 'vitest';
import { parts, withSections } from '../../bench/parts/index.ts';

const before = '# Results\n\nWritten.\n\n## One\n\nold one\n\n## Two\n\nold two\n';

describe('results', () => {
  it('get the section of a part in place of its older one', () => {
    expect(withSections(before, [{ heading: 'One', text: 'new one' }])).toBe(
      '# Results\n\nWritten.\n\n## One\n\nnew one\n\n## Two\n\nold two\n',
    );
  });

  it('get what is new behind all others', () => {
    expect(withSections(before, [{ heading: 'Three', text: 'three' }])).toBe(
      `${before}\n## Three\n\nthree\n`,
    );
  });

  it('stay the same when the same comes again', () => {
    const once = withSections(before, [{ heading: 'Two', text: 'new' }]);
    expect(withSections(once, [{ heading: 'Two', text: 'new' }])).toBe(once);
  });
});

it('each part has a name and a heading of its own', () => {
  for (const of of ['name', 'heading'] as const) {
    expect(new Set(parts.map((part) => part[of])).size).toBe(parts.length);
  }
});
