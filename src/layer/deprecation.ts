import type { AnyTRPCRouter } from '@trpc/server';
import { proceduresOf } from './call/compile.ts';
import { parseUrl } from './http/url.ts';
import { type DeprecatedMeta, type Meta, metaOf } from './meta.ts';

/** What is known about the end of a procedure: nothing, if its meta has only `openapi.deprecated: true`. */
export type Deprecation = Partial<DeprecatedMeta>;

/** Returns the deprecation of a procedure; `null` if it is not deprecated. */
export const deprecationOf = ({ deprecated, openapi }: Meta): Deprecation | null =>
  deprecated ?? (openapi?.deprecated === true ? {} : null);

/**
 * Returns sentences about a deprecation: ``Since 2026-01-31. It will be removed on 2027-01-31. Use `a.b` instead.``
 * @param successor the successor as a reader calls it, `null` for none. Default: its name.
 */
export function deprecationText(deprecation: Deprecation, successor = successorOf(deprecation)): string {
  const { since, sunset } = deprecation;
  const sentences = [
    ...(since === undefined ? [] : [`Since ${since}.`]),
    ...(sunset === undefined ? [] : [`It will be removed on ${sunset}.`]),
    ...(successor === null ? [] : [`Use ${successor} instead.`]),
  ];
  return sentences.join(' ');
}

const successorOf = ({ successor }: Deprecation): string | null =>
  successor === undefined ? null : `\`${successor}\``;

/** Returns the same sentences after the word "Deprecated". @param word the word, such as `**Deprecated**`. */
export function deprecationNotice(
  deprecation: Deprecation,
  { word = '**Deprecated**', successor }: { word?: string; successor?: string | null } = {},
): string {
  const text = deprecationText(deprecation, successor);
  return text.startsWith('Since ') ? `${word} s${text.slice(1)}` : `${word}. ${text}`.trim();
}

/**
 * Checks the deprecations of all procedures.
 * @throws {Error} with a sentence for each date, link or successor that is not valid.
 */
export function checkDeprecations(router: AnyTRPCRouter): void {
  const procedures = new Map(proceduresOf(router));
  const problems = [...procedures].flatMap(([name, procedure]) => {
    const { deprecated } = metaOf(procedure);
    const found = deprecated ? problemOf(name, deprecated, (other) => procedures.has(other)) : undefined;
    return found === undefined ? [] : [`${name}: ${found}`];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function problemOf(
  name: string,
  { since, sunset = since, link, successor }: DeprecatedMeta,
  isProcedure: (name: string) => boolean,
): string | undefined {
  const wrong = [since, sunset].find((date) => Number.isNaN(Date.parse(date)));
  if (wrong !== undefined) return `"${wrong}" of \`deprecated\` in its meta is not a date in ISO 8601.`;
  if (Date.parse(sunset) < Date.parse(since)) return '`deprecated.sunset` in its meta is before `since`.';
  if (link !== undefined && !parseUrl(link)) return `"${link}" of \`deprecated\` in its meta is not a URL.`;
  if (successor === name) return '`deprecated.successor` in its meta is the procedure itself.';
  if (successor !== undefined && !isProcedure(successor)) {
    return `"${successor}" of \`deprecated.successor\` in its meta is not a procedure of this router. Use a whole name, such as \`things.get\`.`;
  }
  return undefined;
}
