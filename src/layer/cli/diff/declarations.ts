import { join } from 'node:path';
import ts from 'typescript';

/** The options of a strict client. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

const KIND = /^TRPC(?:Query|Mutation|Subscription)Procedure$/;
const PARTS = ['input', 'output'] as const;

/** A difference that makes code fail to compile. */
export interface TypeBreak {
  /** The procedure; null for a type that all procedures share. */
  procedure: string | null;
  part: 'input' | 'output' | 'error' | 'types' | 'transformer';
  /** The message of the compiler, or what is gone. */
  message: string;
  /** The type that is gone. */
  type?: string;
}

/** The result of a comparison of two declarations. */
export interface ComparedTypes {
  breaks: TypeBreak[];
  /** The packages whose types could not be found, so that these types were not compared. */
  missing: string[];
}

/**
 * Checks by the TypeScript compiler if code that was written for one declaration of a router compiles with another one:
 * the old inputs must be assignable to the new ones, and the new outputs to the old ones.
 * @param folder the folder whose packages the declarations import.
 * @throws {Error} for a text that is not a declaration of this command line.
 */
export function compareDeclarations(before: string, after: string, folder: string): ComparedTypes {
  const [old, now] = [readDeclaration(before), readDeclaration(after)];
  const procedures = [...old.procedures].filter((name) => now.procedures.has(name));
  const checks = procedures.flatMap((procedure) =>
    PARTS.map((part) => {
      const [from, to] = part === 'input' ? ['Old', 'New'] : ['New', 'Old'];
      const place = `['Procedures'][${JSON.stringify(procedure)}]['${part}']`;
      return { procedure, part, line: check(`${from}${place}`, `${to}${place}`) };
    }),
  );
  const lines = [
    ...checks.map(({ line }) => line),
    check(`WithoutCode<New['Errors']>`, `WithoutCode<Old['Errors']>`),
  ];
  const files = new Map([
    [join(folder, '__layer-diff-old.ts'), old.text],
    [join(folder, '__layer-diff-new.ts'), now.text],
    [join(folder, '__layer-diff.ts'), [HEAD, ...lines].join('\n')],
  ]);
  const found = diagnosticsOf(files);
  const first = HEAD.split('\n').length;
  const breaks = found.flatMap(({ file, line, message }): TypeBreak[] => {
    if (!file.endsWith('__layer-diff.ts')) return [];
    const { procedure, part } = checks[line - first] ?? { procedure: null, part: 'error' as const };
    return [{ procedure, part, message }];
  });
  const gone = [...old.exported].filter((name) => !now.exported.has(name));
  const removed = gone.map((name) => ({
    procedure: null,
    part: 'types' as const,
    message: `type ${name} removed`,
    type: name,
  }));
  const message = `transformer: ${old.transformer} → ${now.transformer}`;
  const transformer = { procedure: null, part: 'transformer' as const, message };
  return {
    breaks: [...(old.transformer === now.transformer ? [] : [transformer]), ...breaks, ...removed],
    missing: [...new Set(found.flatMap(({ module }) => (module === undefined ? [] : [module])))],
  };
}

const HEAD = `import type { LayerDiff as Old } from './__layer-diff-old.ts';
import type { LayerDiff as New } from './__layer-diff-new.ts';
type WithoutCode<E> = E extends { data: infer D } ? Omit<E, 'data'> & { data: Omit<D, 'code'> } : E;`;

const check = (from: string, to: string) =>
  `((value: ${from}): void => { const checked: ${to} = value; void checked; });`;

interface ReadDeclaration {
  /** The text, with an interface of all types that are compared. */
  text: string;
  procedures: ReadonlySet<string>;
  exported: ReadonlySet<string>;
  transformer: string;
}

/** Reads a declaration that the command `types` prints. */
function readDeclaration(text: string): ReadDeclaration {
  const source = ts.createSourceFile('declaration.ts', text, ts.ScriptTarget.Latest, true);
  const procedures = new Map<string, string>();
  const exported = new Set<string>();
  let transformer = '';

  function visit(node: ts.Node, path: readonly string[]): void {
    if (
      ts.isPropertySignature(node) &&
      node.type &&
      (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name))
    ) {
      if (node.name.text === 'transformer') transformer = node.type.getText(source);
      visit(node.type, [...path, node.name.text]);
      return;
    }
    if (ts.isTypeReferenceNode(node) && KIND.test(node.typeName.getText(source))) {
      const [types] = node.typeArguments ?? [];
      if (types) procedures.set(path.join('.'), types.getText(source));
      return;
    }
    ts.forEachChild(node, (child) => visit(child, path));
  }
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) continue;
    exported.add(statement.name.text);
    if (statement.name.text === 'AppRouter') visit(statement, []);
  }
  if (!exported.has('AppRouter') || !exported.has('ErrorShape')) {
    throw new Error(
      'A declaration was not printed by this command line, because it lacks AppRouter or ErrorShape.',
    );
  }
  const entries = [...procedures].map(([name, types]) => `${JSON.stringify(name)}: ${types};`);
  const added = `export interface LayerDiff { Errors: ErrorShape; Procedures: {\n${entries.join('\n')}\n} }`;
  return { text: `${text}\n${added}\n`, procedures: new Set(procedures.keys()), exported, transformer };
}

interface Diagnostic {
  file: string;
  line: number;
  message: string;
  /** The package that was not found. */
  module?: string;
}

/** Type-checks files that are not on the disk. */
function diagnosticsOf(files: ReadonlyMap<string, string>): Diagnostic[] {
  const disk = ts.createCompilerHost(OPTIONS);
  const normal = new Map([...files].map(([name, text]) => [name.replaceAll('\\', '/'), text]));
  const textOf = (name: string) => normal.get(name.replaceAll('\\', '/'));
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => textOf(name) !== undefined || disk.fileExists(name),
    readFile: (name) => textOf(name) ?? disk.readFile(name),
    getSourceFile(name, version, ...rest) {
      const text = textOf(name);
      return text === undefined
        ? disk.getSourceFile(name, version, ...rest)
        : ts.createSourceFile(name, text, version);
    },
  };
  const options = { ...OPTIONS, allowImportingTsExtensions: true };
  const program = ts.createProgram({ rootNames: [...normal.keys()], options, host });
  const sources = [...normal.keys()].flatMap((name) => program.getSourceFile(name) ?? []);
  return sources.flatMap((source) =>
    program.getSemanticDiagnostics(source).map(({ start = 0, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      const module = /^Cannot find module '([^']+)'/.exec(message)?.[1];
      return {
        file: source.fileName,
        line: source.getLineAndCharacterOfPosition(start).line,
        message: lastLine(message),
        ...(module !== undefined && { module }),
      };
    }),
  );
}

/** Returns the end of a message, which names the parts that do not fit. */
function lastLine(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const path = lines.flatMap((line) => /^Types of property '(.+)' are incompatible/.exec(line)?.[1] ?? []);
  const end = (lines.at(-1) ?? '').replace(/\.$/, '');
  return path.length > 0 ? `${path.join('.')}: ${end}` : end;
}
