import { describe, expect, test } from '@jest/globals';
import { isHarmless } from './maths-limits.ts';

describe('isHarmless', () => {
  test.each([
    '\\int_0^1 x^2\\,dx = \\frac{1}{3}',
    '\\left( \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} \\right)',
    '\\{'.repeat(100),
    '{a}'.repeat(500),
    '\\leftarrow \\letter \\longrightarrow \\definition'.repeat(50),
  ])('accepts %j', (source) => {
    expect(isHarmless(source)).toBe(true);
  });

  test.each([
    'x'.repeat(4_001),
    '{'.repeat(41),
    'x^{'.repeat(41) + '}'.repeat(41),
    '\\left('.repeat(41),
    '\\begin{matrix}'.repeat(41),
    '\\def\\a{xx}\\a',
    '\\gdef\\a{x}',
    '\\newcommand{\\a}{x}',
    '\\providecommand{\\a}{x}',
    '\\let\\a=b',
  ])('rejects %j', (source) => {
    expect(isHarmless(source)).toBe(false);
  });
});
