import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, place } from './blocks.ts';
import type { Clone } from './clone.ts';
import type { Project } from './project.ts';

/** Where documents are followed. */
export interface Workshop {
  /** A copy of this project, beside `project` as the documents have it. */
  clone: Clone;
  /** The project of somebody who uses the SDK. */
  project: Project;
  /** The server and the key that stand for the reader's own. */
  server: { url: string; apiKey: string };
}

/** What stands in the documents for the reader's own server and key. */
const SERVER = 'localhost:3000';
const KEY = 'sb_…';

/** Blocks that go on from each other: a reader has one shell, and one program, open at a time. */
function* together(blocks: Block[]): Generator<[Block, ...Block[]]> {
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

/** Puts a block into its file. */
function write({ folder }: Clone, { use, code }: Block): void {
  if (use.kind !== 'file') return;
  const path = join(folder, use.path);
  if (use.place === 'whole' && existsSync(path)) throw new Error(`${use.path} is there already.`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, place(use.place === 'whole' ? '' : readFileSync(path, 'utf8'), use.place, code));
}

const STRICT = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];

/** Type-checks a program and runs it. */
async function runProgram(project: Project, name: string, code: string): Promise<void> {
  writeFileSync(join(project.folder, name), code);
  // `process` is Node's, and there is nothing but the SDK here.
  const node = 'declare const process: { stdout: { write: (text: string) => void } };\n';
  writeFileSync(join(project.folder, 'node.d.ts'), node);
  await project.run('typescript@6.0.3', ['tsc', ...STRICT, name, 'node.d.ts']);
  await project.run('node@24.21.0', ['node', name]);
}

/**
 * Does what the blocks of a document say, in their order: writes files, runs commands in the copy of the project and
 * programs in the project that has the SDK.
 * @returns the files of the copy that it has written or changed, for the compiler.
 */
export async function follow({ clone, project, server }: Workshop, blocks: Block[]): Promise<Set<string>> {
  const { host } = new URL(server.url);
  const files = new Set<string>();
  for (const group of together(blocks)) {
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
