import { FINDINGS, type FindingCode } from '#contract/findings';
import type { Check, Finding, Level } from '#contract/system';

/** What a check returns. The engine adds the check and the message. */
export type Found = Pick<Finding, 'level' | 'code' | 'values'>;

const create =
  (level: Level) =>
  (code: FindingCode, values: Record<string, string | number> = {}): Found => {
    const texts = Object.entries(values).map(([name, value]) => [name, String(value)] as const);
    return { level, code, values: Object.fromEntries(texts) };
  };

export const ok = create('ok');
export const warning = create('warning');
export const problem = create('problem');

/** Returns a finding with its sentence. */
export function described(check: Check, { level, code, values }: Found): Finding {
  const message = FINDINGS[code].replaceAll(/\{(\w+)\}/g, (text, name: string) => values[name] ?? text);
  return { check, level, code, message, values };
}

/**
 * Returns what may be shown of an error: a code of the system or of PostgreSQL, or its class. Never its message, which can
 * quote what the program was sent.
 */
export function reasonOf(error: unknown): string {
  let reason = Error.isError(error) ? error.name : 'unknown';
  let link: unknown = error;
  for (let depth = 0; Error.isError(link) && depth < 8; depth++) {
    if ('code' in link && typeof link.code === 'string' && /^\w{1,40}$/.test(link.code)) reason = link.code;
    link = link.cause;
  }
  return reason;
}
