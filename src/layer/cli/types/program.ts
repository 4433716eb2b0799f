import { dirname } from 'node:path';
import ts from 'typescript';

/** The folder of a package in the path of one of its files. */
const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** A name by which a client can reach a type: a global one, or what a package exports. */
export interface PublicName {
  name: string;
  /** `null` for a global one. */
  from: string | null;
}

/** A module with all it imports, understood by TypeScript. */
export interface Source {
  checker: ts.TypeChecker;
  /** The type of what the module exports under this name. */
  exported: (name: string) => ts.Type;
  /** How a client would call a type, where it can. */
  publicName: (symbol: ts.Symbol) => PublicName | null;
}

/**
 * Reads a module.
 * @param path of a TypeScript file.
 * @throws {Error} when TypeScript cannot read the settings or the module.
 */
export function readSource(path: string): Source {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config = [dirname(path), process.cwd()]
    .map((folder) => ts.findConfigFile(folder, (file) => ts.sys.fileExists(file)))
    .find(Boolean);
  const settings =
    config === undefined
      ? undefined
      : ts.getParsedCommandLineOfConfigFile(config, { incremental: false }, host);
  if (!settings) throw new Error(`There is no tsconfig.json above ${path} that can be read.`);
  const program = ts.createProgram({ rootNames: [path], options: settings.options });
  const checker = program.getTypeChecker();

  function exportsOf(file: string): ts.Symbol[] {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} is no module.`);
    return checker.getExportsOfModule(module);
  }

  const library = program.getSourceFiles().find((file) => program.isSourceFileDefaultLibrary(file));
  const globals = new Set(library && checker.getSymbolsInScope(library, ts.SymbolFlags.Type));
  const packages = new Map<string, Map<ts.Symbol, string>>();

  /** What a package exports; nothing where it cannot be imported by its mere name. */
  function exportsOfPackage(name: string): Map<ts.Symbol, string> {
    const { resolvedModule } = ts.resolveModuleName(name, path, settings?.options ?? {}, ts.sys);
    const file = resolvedModule && program.getSourceFile(resolvedModule.resolvedFileName);
    const symbols = file ? exportsOf(file.fileName) : [];
    return new Map(
      symbols.map((symbol) => {
        const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
        return [isAlias ? checker.getAliasedSymbol(symbol) : symbol, symbol.name];
      }),
    );
  }

  return {
    checker,

    exported(name) {
      const symbol = exportsOf(path).find((each) => each.name === name);
      if (!symbol) throw new Error(`${path} exports no ${name}.`);
      return checker.getTypeOfSymbol(symbol);
    },

    publicName(symbol) {
      if (globals.has(symbol)) return { name: symbol.name, from: null };
      const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
      const from = PACKAGE.exec(file)?.[1];
      if (from === undefined) return null;
      const names = packages.get(from) ?? exportsOfPackage(from);
      packages.set(from, names);
      const name = names.get(symbol);
      return name === undefined ? null : { name, from };
    },
  };
}

function fail({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
}
