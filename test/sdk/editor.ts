import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Project } from './project.ts';

/**
 * Returns what an editor shows for a name in a file of the project.
 * @param text a text in the file that ends with the name, such as `sb.chats.list`.
 */
export function hoverOver(project: Project, file: string, text: string): string {
  const path = join(project.folder, file);
  const options = { ...ts.getDefaultCompilerOptions(), module: ts.ModuleKind.NodeNext, strict: true };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const source = ts.sys.readFile(name);
      return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source);
    },
    getCurrentDirectory: () => project.folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    directoryExists: (name) => ts.sys.directoryExists(name),
  });
  const at = readFileSync(path, 'utf8').indexOf(text) + text.length - 1;
  const info = service.getQuickInfoAtPosition(path, at);
  service.dispose();
  return `${ts.displayPartsToString(info?.displayParts)}\n${ts.displayPartsToString(info?.documentation)}`;
}
