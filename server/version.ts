import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Returns the version of this program. */
export function programVersion(): string {
  const text = readFileSync(join(process.cwd(), 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

const numbersOf = (version: string) => version.split(/[.+-]/, 3).map(Number);

/** True if a version is `oldest` or a later one. What follows its three numbers, such as `-rc.1`, is ignored. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [own, other] = [numbersOf(version), numbersOf(oldest)];
  for (let index = 0; index < 3; index++) {
    const difference = (own[index] ?? NaN) - (other[index] ?? NaN);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
