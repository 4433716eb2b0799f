import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, place } from './blocks.ts';
import type { Clone } from './clone.ts';
import type { Project } from './project.ts';

/** The projects and the server with which the steps of documents are followed. */
export interface Workspace {
  /** A copy of this project, in the folder of `project`, as in the documents. */
  clone: Clone;
  /** The project of a user of the SDK. */
  project: Project;
  /** The server and key that replace those in the documents. */
  server: { url: string; apiKey: string };
}

/** The server and the key in the documents. */
const SERVER = 'localhost:3000';
const KEY = 'sb_…';

/** Groups consecutive blocks of one kind, because a reader runs them in one shell, or in one program. */
function* grouped(blocks: Block[]): Generator<[Block, ...Block[]]> {
  let group: [Block, ...Block[]] | undefined;
  for (const block of blocks) {
    const kind = block.use.kind;
    if (kind === 'not-run') continue;
    if (group?.[0].use.kind === kind && kind !== 'file') {
      group.push(block);
      continue;
    }
    if (group) yield group;
    group = [block];
  }
  if (group) yield group;
}

/** Writes a block into its file. */
function write({ folder }: Clone, { use, code }: Block): void {
  if (use.kind !== 'file') return;
  const path = join(folder, use.path);
  if (use.place === 'whole' && existsSync(path)) throw new Error(`${use.path} already exists.`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, place(use.place === 'whole' ? '' : readFileSync(path, 'utf8'), use.place, code));
}

const STRICT = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];

/** Type-checks a program and runs it. */
async function runProgram(project: Project, name: string, code: string): Promise<void> {
  writeFileSync(join(project.folder, name), code);
  // Declares `process`, because the project does not have Node's types.
  const node = 'declare const process: { stdout: { write: (text: string) => void } };\n';
  writeFileSync(join(project.folder, 'node.d.ts'), node);
  await project.run('typescript@6.0.3', ['tsc', ...STRICT, name, 'node.d.ts']);
  await project.run('node@24.21.0', ['node', name]);
}

/**
 * Follows the blocks of a document in their order: writes files, runs commands in the copy of the project, and programs
 * in the project with the SDK.
 * @returns the files of the copy that it has written or changed, for the compiler.
 */
export async function follow({ clone, project, server }: Workspace, blocks: Block[]): Promise<Set<string>> {
  const { host } = new URL(server.url);
  const files = new Set<string>();
  for (const group of grouped(blocks)) {
    const [{ document, line, use }] = group;
    const code = group
      .map((block) => block.code)
      .join('\n')
      .replaceAll(SERVER, host)
      .replaceAll(KEY, server.apiKey);
    try {
      if (use.kind === 'file') {
        write(clone, group[0]);
        files.add(use.path);
      } else if (use.kind === 'shell') await clone.sh(code);
      else if (use.kind === 'program')
        await runProgram(project, `${document.replaceAll(/\W/g, '-')}-${line}.ts`, code);
      else for (const block of group) JSON.parse(block.code);
    } catch (cause) {
      throw new Error(
        `${document}:${line} cannot be followed: ${cause instanceof Error ? cause.message : ''}`,
        { cause },
      );
    }
  }
  return files;
}
