import nodePath, { type PlatformPath, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The module that `--router` names, and the export in it. */
export interface Target {
  /** The URL of a file, or the name of a package. */
  specifier: string;
  isPackage: boolean;
  /** The name of the export; `undefined` if `--router` has none. */
  exportName: string | undefined;
}

/**
 * Returns the module and the export that a text such as `./src/root.ts#appRouter` names.
 * @param folder the absolute path of the folder that file paths are relative to.
 * @param path the functions for paths of this platform.
 */
export function parseTarget(text: string, folder: string, path: PlatformPath = nodePath): Target {
  const [, module = text, exportName] = /^(.+)#([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(text) ?? [];
  const isPackage = PACKAGE.test(module) && !path.isAbsolute(module);
  if (isPackage) return { specifier: module, isPackage, exportName };
  const url = pathToFileURL(path.resolve(folder, module), { windows: path === win32 });
  return { specifier: url.href, isPackage, exportName };
}

/** Matches the name of a package, with or without a path in it, but no relative path and no file of a source. */
const PACKAGE = /^(?:@[\w.-]+\/)?[\w-][\w.-]*(?:\/[\w./-]+)?$(?<!\.[cm]?[jt]sx?)/;
