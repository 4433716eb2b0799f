import { basename, dirname, relative } from 'node:path';
import ts from 'typescript';

/** The place of a declaration. Lines and columns count from 0. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Returns the place where a symbol is declared; `undefined` if it has no declaration. */
export function placeOf(symbol: ts.Symbol): Place | undefined {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) return undefined;
  const source = declaration.getSourceFile();
  const { line, character: column } = source.getLineAndCharacterOfPosition(declaration.getStart());
  return { file: source.fileName, line, column };
}

/** Returns the places of the properties of `AppRouter`, by their paths such as `chat` and `chat.get`. */
function propertiesIn(source: ts.SourceFile): Map<string, { line: number; column: number }> {
  const found = new Map<string, { line: number; column: number }>();
  const visit = (type: ts.Node, above: string[]): void => {
    if (!ts.isTypeLiteralNode(type)) return;
    for (const member of type.members) {
      if (!ts.isPropertySignature(member) || !member.type) continue;
      const name = ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(source);
      const path = [...above, name];
      const { line, character: column } = source.getLineAndCharacterOfPosition(member.name.getStart(source));
      found.set(path.join('.'), { line, column });
      visit(member.type, path);
    }
  };
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== 'AppRouter') continue;
    if (ts.isTypeReferenceNode(statement.type))
      for (const each of statement.type.typeArguments ?? []) visit(each, []);
  }
  return found;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Encodes a number for a source map (https://tc39.es/ecma426/#sec-base64-vlq). */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS.charAt(rest > 0 ? digit | 32 : digit);
  } while (rest > 0);
  return text;
}

/**
 * Returns the source map of a router's declaration. With it, "Go to definition" in an editor opens the source of a
 * procedure, but the compiler does not read the source.
 * @param path the path of the declaration.
 * @param text the text of the declaration.
 * @param places the places where procedures and routers are declared, by their paths.
 */
export function sourceMapOf(path: string, text: string, places: ReadonlyMap<string, Place>): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const sources: string[] = [];
  const lines: string[][] = source.getLineStarts().map(() => []);
  const last = { source: 0, line: 0, column: 0 };
  for (const [name, { line, column }] of propertiesIn(source)) {
    const place = places.get(name);
    if (!place) continue;
    const file = relative(dirname(path), place.file).replaceAll('\\', '/');
    if (!sources.includes(file)) sources.push(file);
    const at = { ...place, source: sources.indexOf(file) };
    // An editor uses the nearest mapping before a position, so the character before the name ends the previous mapping.
    lines[line]?.push(
      vlq(column - 1),
      [1, at.source - last.source, at.line - last.line, at.column - last.column].map(vlq).join(''),
    );
    Object.assign(last, at);
  }
  lines.at(-1)?.push(vlq(0));
  const mappings = lines.map((segments) => segments.join(',')).join(';');
  return `${JSON.stringify({ version: 3, file: basename(path), sources, names: [], mappings })}\n`;
}
