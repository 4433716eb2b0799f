import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { parseCommand } from './arguments.ts';
import { diff } from './commands/diff.ts';
import { messageOf, type Result } from './problem.ts';
import { createWorkspace, routerText, TSCONFIG_TEXT, type Workspace } from './testkit.ts';

/** Each command loads a compiler, on a machine that may be busy. */
const LIMIT_MS = 180_000;

let workspace: Workspace;
let project: string;
beforeAll(async () => {
  workspace = await createWorkspace();
  project = workspace.project('diff', {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': TSCONFIG_TEXT,
    'old.ts': withInput('z.string()', `{ id: input, at: new Date() }`),
    'router.ts': withInput('z.string().max(5)', `{ id: input }`),
    'openapi.json': '{ "openapi": "3.1.1", "paths": {} }',
    'other.json': '{ "name": "other" }',
    'page.json': '<!doctype html><title>Not found</title>',
    'openapi-3.0.json': '{ "openapi": "3.0.3", "info": {}, "paths": {} }',
  });
  for (const [router, state] of [
    ['./old.ts', 'old.json'],
    ['./router.ts', 'new.json'],
  ] as const) {
    const { code, stdout } = await workspace.run(project, ['describe', '--router', router]);
    expect(code).toBe(0);
    writeFileSync(join(project, state), stdout);
  }
}, LIMIT_MS);
afterAll(() => workspace.remove());

/** A router with a procedure whose output has no schema. */
const withInput = (input: string, output: string) =>
  routerText(`get: procedure.input(${input}).query(({ input }) => (${output}))`);

const ROUTER = ['--router', './router.ts'];
const BREAKS = ['get, input: maxLength: none → 5', "get, output: types: Property 'at' is missing"];

/** Runs `diff` in this process. The files are not in the working directory. */
function compare(...args: string[]): Promise<Result> {
  const isFile = (arg: string) => /^[\w.-]+\.(?:json|ts|md)$/i.test(arg);
  const command = parseCommand(['diff', ...args.map((arg) => (isFile(arg) ? join(project, arg) : arg))]);
  if (typeof command === 'string') throw new Error(`This is ${command}.`);
  return diff(command);
}

test(
  'diff compares a state with the router, and fails until a changelog declares what breaks',
  async () => {
    const { code, stdout } = await workspace.run(project, ['diff', 'old.json', ...ROUTER]);
    const total = '2 changes, of which 2 can break callers.';
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(total) });
    for (const text of BREAKS) expect(stdout).toContain(text);

    const markdown = await compare('old.json', 'new.json', '--markdown');
    expect(markdown).toEqual({
      exitCode: 1,
      text: expect.stringMatching(/^### Breaking changes\n\n- `get, input/),
    });
    const declare = (changelog: string) => {
      writeFileSync(join(project, 'CHANGELOG.md'), changelog);
      return compare('old.json', 'new.json', '--json', '--declared', 'CHANGELOG.md');
    };
    const declared = await declare(`# Changes\n\n## Unreleased\n\n${markdown.text}\n## 1.0.0\n`);
    expect(declared.exitCode).toBe(0);
    expect(JSON.parse(declared.text)).toMatchObject({
      breaks: { REST: 0, RPC: 2, SDK: 0, MCP: 1 },
      changes: [{ declared: true }, { declared: true }],
    });
    // What an earlier version broke declares nothing now.
    const earlier = await declare(`# Changes\n\n## Unreleased\n\n## 1.0.0\n\n${markdown.text}`);
    expect(earlier.exitCode).toBe(1);
  },
  LIMIT_MS,
);

test(
  'diff reads states of git commits',
  async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: project });
    git('init', '--quiet');
    git('add', 'old.json');
    git('commit', '--quiet', '--message', 'State');
    git('tag', 'v1');
    expect(await workspace.run(project, ['diff', 'v1:old.json', 'old.json'])).toEqual({
      code: 0,
      stdout: 'Nothing changed.\n',
      stderr: '',
    });
  },
  LIMIT_MS,
);

test('diff reads documents of servers', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/page') response.end('<html></html>');
    else if (request.url === '/api.json')
      response.end('{ "openapi": "3.1.1", "paths": { "/a": { "get": {} } } }');
    else response.writeHead(404).end();
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  try {
    expect(await compare(`${origin}/api.json`, 'openapi.json')).toEqual({
      exitCode: 1,
      text: expect.stringMatching(
        /REST, SDK {2}GET \/a: GET \/a removed\nNot compared: RPC, hooks and tools/,
      ),
    });
    for (const [path, problem] of Object.entries({
      page: 'is HTML, not JSON',
      none: 'responded with status 404',
    })) {
      await expect(compare(`${origin}/${path}`, 'openapi.json')).rejects.toMatchObject({
        exitCode: 2,
        message: `${origin}/${path} ${problem}.`,
      });
    }
  } finally {
    server.close();
  }
});

test('diff fails for a removal before its announced date, also if it is declared', async () => {
  const compareWith = async (sunset: string) => {
    const operation = { operationId: 'show', deprecated: true, 'x-sunset': sunset };
    const state = { openapi: '3.1.1', paths: { '/show': { get: operation } } };
    writeFileSync(join(project, 'ending.json'), JSON.stringify(state));
    const { text } = await compare('ending.json', 'openapi.json', '--markdown');
    writeFileSync(join(project, 'ENDING.md'), `## Unreleased\n\n${text}`);
    return compare('ending.json', 'openapi.json', '--declared', 'ENDING.md');
  };
  const early = await compareWith('2999-01-01');
  expect(early.text).toContain(
    'REST, SDK  show: GET /show removed before its date 2999-01-01  (cannot be declared)',
  );
  expect(early.exitCode).toBe(1);
  const late = await compareWith('2000-01-01');
  expect(late.text).toContain('safe  show: GET /show removed after its date 2000-01-01');
  expect(late.exitCode).toBe(0);
});

describe('diff rejects in one sentence', () => {
  test.each([
    ['a file that is not there', ['none.json', 'old.json'], 'There is no file none.json.'],
    ['a commit that is not there', ['none:old.json', 'old.json'], 'There is no git commit none.'],
    [
      'a path that a commit lacks',
      ['HEAD:none.json', 'old.json'],
      'The git commit HEAD has no file none.json.',
    ],
    ['a file that is not JSON', ['router.ts', 'old.json'], 'router.ts is not JSON.'],
    ['a page', ['page.json', 'old.json'], 'page.json is HTML, not JSON.'],
    [
      'other JSON',
      ['other.json', 'old.json'],
      'other.json is neither a state that `describe` printed nor an OpenAPI document.',
    ],
    [
      'an old OpenAPI document',
      ['openapi-3.0.json', 'old.json'],
      'openapi-3.0.json is no OpenAPI document of version 3.1 or later (openapi: 3.0.3).',
    ],
    [
      'two states of different kinds',
      ['openapi.json', 'old.json'],
      'The states cannot be compared: one is an OpenAPI document, and the new one has none.',
    ],
    [
      'a changelog that is not there',
      ['old.json', 'old.json', '--declared', 'NONE.md'],
      'There is no file NONE.md, which --declared names.',
    ],
  ])('%s', async (_name, args, sentence) => {
    const failed = compare(...args);
    await expect(failed).rejects.toMatchObject({ exitCode: 2 });
    const message: string = await failed.then(String, messageOf);
    expect(message.replaceAll(`${project}/`, '')).toBe(sentence);
  });

  test.each([
    ['no state', []],
    ['one state without a router', ['old.json']],
    ['two states and a router', ['old.json', 'old.json', ...ROUTER]],
    ['three states', ['old.json', 'old.json', 'old.json']],
    ['two forms of a report', ['old.json', 'old.json', '--json', '--markdown']],
  ])('%s', (_name, args) => {
    expect(() => parseCommand(['diff', ...args])).toThrow(/--help shows all commands/);
  });
});
