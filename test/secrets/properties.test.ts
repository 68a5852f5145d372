import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor } from '../../engine/secrets/redact.ts';

test('no text that holds a secret of four characters or more keeps it', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, maxLength: 30, unit: 'binary' }),
      fc.string(),
      fc.string(),
      (plain, before, after) => {
        fc.pre(plain.trim().length >= 4 && !plain.includes('*'));
        const redactor = new Redactor(() => []);
        redactor.add(plain);
        const shown = redactor.text(before + plain + after);
        expect(shown).toContain('***');
        expect(shown).not.toContain(plain);
      },
    ),
  );
});
