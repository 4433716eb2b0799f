import type { AnyTRPCRouter } from '@trpc/server';
import { proceduresOf } from '../call/compile.ts';
import { type Meta, metaOf } from '../meta.ts';
import type { DescribedErrors } from './schema.ts';

/** Returns the codes that the meta of a procedure names. Another tool may have its own field of that name. */
export function namedCodesOf({ errors }: Meta): readonly string[] {
  return Array.isArray(errors) && errors.every((code) => typeof code === 'string') ? errors : [];
}

/**
 * Checks the codes that metas of procedures name.
 * @throws {Error} with a sentence for each code that the API does not have.
 */
export function checkNamedCodes(router: AnyTRPCRouter, { codes }: Pick<DescribedErrors, 'codes'>): void {
  const problems = proceduresOf(router).flatMap(([name, procedure]) =>
    namedCodesOf(metaOf(procedure))
      .filter((code) => !Object.hasOwn(codes, code))
      .map(
        (code) =>
          `${name}: "${code}" of \`errors\` in its meta is not one of the codes in \`openapi.errors\`.`,
      ),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
