import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Matches the path of a file in a package, and captures the name of the package. */
const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** A name by which a client can refer to a type: a global type, or an export of a package. */
export interface PublicName {
  name: string;
  /** The package that exports it; `null` for a global type. */
  from: string | null;
}

/** Where a module is, and which settings of the compiler apply to it. */
export interface SourceOptions {
  /** The path of the module. */
  path: string;
  /** The package that the module belongs to, if it is imported by this name. Its declarations are read then. */
  packageName?: string | undefined;
  /** The path of the tsconfig.json. Default: the nearest above the module, or above the working directory. */
  tsconfig?: string | undefined;
}

/** A module and its imports, as the TypeScript compiler reads them. */
export interface Source {
  checker: ts.TypeChecker;
  /** Returns the type of an export of the module. @throws {Error} if there is no such export. */
  exported: (name: string) => ts.Type;
  /** Returns the name by which a client can refer to a type; `null` if there is none. */
  publicName: (symbol: ts.Symbol) => PublicName | null;
}

/**
 * Reads a module, with the settings of its tsconfig.json.
 * @throws {Error} if TypeScript cannot read the settings.
 */
export function readSource({ path: file, packageName, tsconfig }: SourceOptions): Source {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const config =
    tsconfig ??
    [dirname(file), process.cwd()]
      .map((folder) => ts.findConfigFile(folder, (name) => ts.sys.fileExists(name)))
      .find(Boolean);
  const settings =
    config === undefined
      ? undefined
      : ts.getParsedCommandLineOfConfigFile(config, { incremental: false, ignoreDeprecations: '6.0' }, host);
  if (config === undefined || !settings) throw new Error(`There is no readable tsconfig.json above ${file}.`);
  const declared =
    packageName === undefined
      ? undefined
      : ts.resolveModuleName(packageName, join(dirname(config), 'index.ts'), settings.options, ts.sys);
  const path = declared?.resolvedModule?.resolvedFileName ?? file;
  // A router in JavaScript is read even if the project does not compile such files, in CommonJS too.
  const javaScript = { allowJs: true, moduleDetection: ts.ModuleDetectionKind.Force };
  const options = { ...settings.options, ...(/\.[cm]?jsx?$/.test(path) && javaScript) };
  const program = ts.createProgram({ rootNames: [path], options });
  const checker = program.getTypeChecker();

  function moduleOf(file: string): ts.Symbol {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} is not a module.`);
    return module;
  }
  const exportsOf = (file: string): ts.Symbol[] => checker.getExportsOfModule(moduleOf(file));

  /** Returns the type of an export of a CommonJS module, which exports one value: the router, or what contains it. */
  function typeInWhole(name: string): ts.Type | undefined {
    const whole = moduleOf(path).exports?.get(ts.InternalSymbolName.ExportEquals);
    const type = whole && checker.getTypeOfSymbol(whole);
    if (name === 'default') return type;
    const property = type?.getProperty(name);
    return property && checker.getTypeOfSymbol(property);
  }

  const library = program.getSourceFiles().find((file) => program.isSourceFileDefaultLibrary(file));
  const globals = new Set(library && checker.getSymbolsInScope(library, ts.SymbolFlags.Type));
  const packages = new Map<string, Map<ts.Symbol, string>>();

  /** Returns the exports of a package; none if it cannot be imported by its name alone. */
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
      const type = symbol ? checker.getTypeOfSymbol(symbol) : typeInWhole(name);
      if (!type) throw new Error(`${path} does not export ${name}.`);
      return type;
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
