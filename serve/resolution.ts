import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON, registerHooks, type ResolveFnOutput } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A relative import inside of a package, as compilers write it. */
const RELATIVE = /^\.{1,2}\/[^%?#\\]*\.m?js$/;
const IN_PACKAGES = '/node_modules/';

/** Returns the folder of a module, as a URL. */
const folderOf = (url: string): string => url.slice(0, url.lastIndexOf('/'));

/**
 * Makes the resolution of imports cheaper until the returned function is called. The result of each import is the same.
 *
 * For each import of a package, and for each .js file, Node parses the `exports` of the package's package.json. Those of
 * drizzle-orm are 170 kB, and it has more than a hundred modules, so Node would spend a third of the start on it.
 * This remembers what Node has found. Inside of a package, a relative path needs nothing but the `type` of the package.
 */
export function rememberResolutions(): () => void {
  const packageFiles = new Map<string, string | undefined>();
  const types = new Map<string, unknown>();
  const realFolders = new Map<string, boolean>();
  const results = new Map<string, ResolveFnOutput>();

  /** Returns the package.json that applies to a module. */
  function packageFileOf(url: string): string | undefined {
    const folder = folderOf(url);
    if (!packageFiles.has(folder)) packageFiles.set(folder, findPackageJSON(url));
    return packageFiles.get(folder);
  }

  function isModule(url: string): boolean {
    if (url.endsWith('.mjs')) return true;
    const file = packageFileOf(url);
    if (file === undefined) return false;
    if (!types.has(file)) {
      const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
      types.set(file, typeof content === 'object' && content && 'type' in content ? content.type : undefined);
    }
    return types.get(file) === 'module';
  }

  /** True for a file that is not reached by a link, which Node would follow. */
  function isPlainFile(url: string): boolean {
    const path = fileURLToPath(url);
    const folder = dirname(path);
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    if (!realFolders.has(folder)) realFolders.set(folder, realpathSync(folder) === folder);
    return realFolders.get(folder) === true;
  }

  /** Resolves a relative path inside of a package. @returns undefined if Node has to do it. */
  function resolveInPackage(specifier: string, parentURL: string): ResolveFnOutput | undefined {
    if (!RELATIVE.test(specifier) || !parentURL.includes(IN_PACKAGES)) return undefined;
    const { href } = new URL(specifier, parentURL);
    return isModule(href) && isPlainFile(href) ? { url: href, format: 'module' } : undefined;
  }

  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = '', conditions, importAttributes } = context;
      const isImport = conditions.includes('import') && Object.keys(importAttributes).length === 0;
      if (!isImport || !parentURL.startsWith('file:')) return next(specifier, context);
      // Node resolves relative paths by the folder of the importing module, and others by its package.
      const base = specifier.startsWith('.') ? folderOf(parentURL) : packageFileOf(parentURL);
      const key = `${base} ${specifier}`;
      const known = results.get(key);
      if (known) return { ...known, shortCircuit: true };
      const own = resolveInPackage(specifier, parentURL);
      const result = own ?? next(specifier, context);
      // Node loads CommonJS in another way if a hook has resolved it.
      if (result.format?.startsWith('module')) results.set(key, result);
      return own ? { ...own, shortCircuit: true } : result;
    },
  });
  return () => {
    hooks.deregister();
  };
}
