import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ROOT } from '../lib/process.ts';

/** A V8 profile, with times in microseconds; https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile. */
export const Profile = z.object({
  startTime: z.number(),
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
export type Profile = z.output<typeof Profile>;
type Frame = Profile['nodes'][number]['callFrame'];

/** Functions of Node.js whose names say what a server does. The time of all others counts for their callers. */
const OF_NODE = new Set([
  'parserOnHeadersComplete',
  'parserOnIncoming',
  'parserOnBody',
  'parserOnMessageComplete',
  'onParserExecute',
  'writeHead',
  'setHeader',
  'write',
  'end',
  'resOnFinish',
  'onWriteComplete',
  'onStreamRead',
  'processTicksAndRejections',
  'processTimers',
  'processImmediate',
]);

const IDLE = '(idle)';

/** A place in the code to which the time of its callees without a name counts. */
interface Group {
  name: string;
  /** True if it is a function of this project or a package. */
  isCode: boolean;
}

/**
 * Returns the self time of each group of functions between two points in time, in microseconds. A group is a function
 * of this project, a package, or a function of Node.js. The time of other frames (native, anonymous, internal to
 * Node.js) counts for the nearest caller that belongs to a group.
 */
export function timesOf(
  { startTime, nodes, samples, timeDeltas }: Profile,
  { fromUs, toUs }: { fromUs: number; toUs: number },
): Map<string, number> {
  const byNode = groupsOf(nodes);
  const times = new Map<string, number>();
  // A profile uses the clock of process.hrtime.
  let at = startTime;
  samples.forEach((id, index) => {
    at += timeDeltas[index] ?? 0;
    const group = byNode.get(id) ?? 'Node.js, other';
    // A sample counts for the time until the next one.
    const us = timeDeltas[index + 1] ?? 0;
    if (group !== IDLE && at >= fromUs && at <= toUs) times.set(group, (times.get(group) ?? 0) + us);
  });
  return times;
}

/** Returns the name of the group of each node of a call tree. */
function groupsOf(nodes: Profile['nodes']): Map<number, string> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map(nodes.map(({ id, callFrame }) => [id, groupOf(callFrame)]));
  const found = new Map<number, string>();
  for (const { id } of nodes) {
    let at: number | undefined = id;
    let fallback: string | undefined;
    while (at !== undefined) {
      const group = own.get(at);
      // A callback without a name that Node.js calls is more telling than the function of Node.js.
      if (group?.isCode || (group && fallback === undefined)) break;
      if (group) at = undefined;
      else {
        const frame = byId.get(at);
        fallback ??= frame && placeOf(frame);
        at = parents.get(at);
      }
    }
    const name = at === undefined ? fallback : own.get(at)?.name;
    if (name !== undefined) found.set(id, name);
  }
  return found;
}

/** Returns the group that a frame itself belongs to. */
function groupOf(frame: Frame): Group | undefined {
  const { functionName, url } = frame;
  if (url === '') {
    const isKept = functionName.startsWith('(') && functionName !== '(root)';
    return isKept ? { name: functionName, isCode: false } : undefined;
  }
  if (url.startsWith('node:')) {
    return OF_NODE.has(functionName) ? { name: `Node.js: ${functionName}`, isCode: false } : undefined;
  }
  if (!url.startsWith('file:')) return undefined;
  const { file, name } = originalOf(frame);
  const path = relative(ROOT, file);
  const module = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  if (module !== undefined) return { name: module, isCode: true };
  return name === '' ? undefined : { name: `${name} (${path})`, isCode: true };
}

/** Returns the file and line of a function of this project without a name. */
function placeOf(frame: Frame): string | undefined {
  if (!frame.url.startsWith('file:')) return undefined;
  const { file, line } = originalOf(frame);
  return `${relative(ROOT, file)}:${line}`;
}

interface Original {
  file: string;
  line: number;
  name: string;
}

const maps = new Map<string, SourceMap | undefined>();

/** Returns the source map of a bundle; `undefined` for a source, and for a file of a package. */
function mapOf(file: string): SourceMap | undefined {
  if (file.includes('/node_modules/')) return undefined;
  if (!maps.has(file)) {
    const text = existsSync(`${file}.map`) ? readFileSync(`${file}.map`, 'utf8') : undefined;
    maps.set(file, text === undefined ? undefined : new SourceMap(JSON.parse(text) as SourceMapPayload));
  }
  return maps.get(file);
}

/** Returns the place of a function in its source. In a bundle of Next.js, its name is one that the source map knows. */
function originalOf({ functionName, url, lineNumber, columnNumber }: Frame): Original {
  const file = fileURLToPath(url);
  const entry = mapOf(file)?.findEntry(lineNumber, columnNumber);
  if (!entry || !('originalSource' in entry)) return { file, line: lineNumber + 1, name: functionName };
  const source = resolve(dirname(file), decodeURIComponent(entry.originalSource));
  const line = existsSync(source) ? readFileSync(source, 'utf8').split('\n')[entry.originalLine] : undefined;
  return {
    file: source,
    line: entry.originalLine + 1,
    name: line === undefined ? functionName : nameAt(line, entry.originalColumn),
  };
}

/** Returns the name of the function that is defined at a column of a line; `''` if it has none. */
function nameAt(line: string, column: number): string {
  const after = /^(?:async )?(?:function\*? )?(#?[\w$]+)\(/.exec(line.slice(column))?.[1];
  const before = /([\w$]+)\s*[=:]\s*(?:async )?$/.exec(line.slice(0, column))?.[1];
  return after ?? before ?? '';
}
