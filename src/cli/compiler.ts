import { registerHooks } from 'node:module';

/**
 * Gives the generator of types the TypeScript that this package has. npm may give it the project's instead, and
 * version 7 has no API for programs.
 */
export function pinCompiler(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isGenerator = specifier === 'typescript' && context.parentURL?.includes('/@hey-api/') === true;
      return next(specifier, isGenerator ? { ...context, parentURL: import.meta.url } : context);
    },
  });
}
