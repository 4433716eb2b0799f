import { execFile, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Runs JavaScript with some variables, and returns the result of its `return`. */
export async function evaluate(code: string, variables: object): Promise<unknown> {
  const AsyncFunction: unknown = Reflect.get(evaluate, 'constructor');
  if (typeof AsyncFunction !== 'function') throw new Error('There are no async functions.');
  const created: unknown = Reflect.construct(AsyncFunction, [...Object.keys(variables), code]);
  if (typeof created !== 'function') throw new Error('The code is no function.');
  return Reflect.apply(created, undefined, Object.values(variables)) as unknown;
}

const execute = promisify(execFile);
const env = { ...process.env, TOKEN: 'token', COOKIE: 'cookie' };

/** Runs a command, in which curl fails without words. @returns what it prints. */
export async function shell(code: string): Promise<string> {
  const { stdout } = await execute('sh', ['-c', code.replace('curl ', 'curl -sN ')], { env });
  return stdout;
}

/** A Python that runs examples, a line of JSON for each, because a new one for each takes longer than its example. */
const PYTHON = `
import json, sys
for line in sys.stdin:
    scope = {}
    try:
        exec(json.loads(line), scope)
        print(json.dumps({"output": scope["output"]}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
`;
let running: { run: (code: string) => Promise<unknown>; stop: () => void } | undefined;

function startPython() {
  const child = spawn('python3', ['-c', PYTHON], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async run(code: string): Promise<unknown> {
      child.stdin.write(`${JSON.stringify(code)}\n`);
      const { value } = await lines.next();
      const { output, error } = z
        .object({ output: z.unknown(), error: z.string().optional() })
        .parse(JSON.parse(z.string().parse(value)));
      if (error !== undefined) throw new Error(error);
      return output;
    },
    stop: () => child.stdin.end(),
  };
}

/** The response of MCP is an event stream. */
async function runMcp(code: string): Promise<unknown> {
  const [, data = ''] = /^data: (.*)$/m.exec(await shell(code)) ?? [];
  const Result = z.object({ result: z.object({ structuredContent: z.unknown() }) });
  return Result.parse(JSON.parse(data)).result.structuredContent;
}

/** True if examples in Python can run. It is not needed to work on the project. */
export const hasPython = spawnSync('python3', ['--version']).status === 0;

/**
 * Returns functions that run an example and return the value of its `output`, by the titles of the callers.
 * @param scope the variables of the examples in JavaScript.
 */
export function createRunners(scope: object): Record<string, (code: string) => Promise<unknown>> {
  const runJavaScript = (code: string) => evaluate(`${code}\nreturn output;`, { fetch, ...scope });
  return {
    Server: runJavaScript,
    tRPC: runJavaScript,
    SDK: runJavaScript,
    'AI SDK': runJavaScript,
    fetch: runJavaScript,
    curl: async (code) => JSON.parse(await shell(code)) as unknown,
    ...(hasPython && { Python: (code: string) => (running ??= startPython()).run(code) }),
    MCP: runMcp,
  };
}

/** Ends what the runners have started. */
export const stopRunners = (): void => running?.stop();
