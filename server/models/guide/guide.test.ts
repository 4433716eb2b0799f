import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateText, type ModelMessage, streamText } from 'ai';
import { PRODUCT } from '#contract/product';
import { settings } from '#server/env';
import { CONTINUE } from '#server/models/continue';
import { cpuTime } from '#test/cpu-time';
import { createGuide, type GuideProcedure } from './index.ts';

const PROCEDURES: GuideProcedure[] = [
  ['users.me', 'query', 'GET', '/users/me', 'Get your account'],
  ['users.list', 'query', 'GET', '/users', 'List and search accounts, newest first'],
  ['users.delete', 'mutation', 'DELETE', '/users/{id}', 'Delete an account and its data'],
  ['users.setRole', 'mutation', 'PUT', '/users/{id}/role', 'Set the role of an account'],
  ['users.ban', 'mutation', 'PUT', '/users/{id}/ban', 'Ban an account'],
  ['chat.list', 'query', 'GET', '/chats', 'List and search your chats'],
  ['chat.create', 'mutation', 'POST', '/chats', 'Create a chat'],
  ['chat.delete', 'mutation', 'DELETE', '/chats/{id}', 'Delete a chat and its messages'],
  ['chat.stream', 'subscription', 'GET', '/chats/{chatId}/stream', 'Follow an answer in progress'],
  ['chat.regenerate', 'mutation', 'POST', '/chats/{chatId}/regenerate', 'Regenerate an answer'],
  ['protected.apiKeys.create', 'mutation', 'POST', '/protected/api-keys', 'Create an API key'],
  ['protected.exportData', 'query', 'GET', '/protected/export', 'Export your data as one JSON document'],
].map(([name = '', type, method = '', path = '', summary = '']) => ({
  name,
  type: type === 'mutation' || type === 'subscription' ? type : 'query',
  method,
  path: `/api/v1${path}`,
  summary,
}));

const ROOT = join(import.meta.dirname, '../../../test/fixtures/guide');
const guide = createGuide({ procedures: PROCEDURES, settings: settings(), root: ROOT });

/** Asks several questions, each after the answer to the one before. @returns the last answer. */
async function ask(...questions: string[]): Promise<string> {
  const messages: ModelMessage[] = [];
  let answer = '';
  for (const content of questions) {
    messages.push({ role: 'user', content });
    answer = (await generateText({ model: guide, messages })).text;
    messages.push({ role: 'assistant', content: answer });
  }
  return answer;
}

/** Returns the place that an answer quotes as its source. */
function sourceOf(answer: string): string | undefined {
  const [, linked, text] =
    /^Found in (?:\[(.+)\]\(\/docs\/\S+\)|(\S.*?))(?:, (?:where|with) .*)?\.$/m.exec(answer) ?? [];
  return (linked ?? text)?.replaceAll('\\', '');
}

describe('finds', () => {
  test.each([
    ['How do I add a procedure?', 'README.md › Add a procedure'],
    ['how can i create a new endpoint', 'README.md › Add a procedure'],
    ['adding proceedures', 'README.md › Add a procedure'],
    ['How do I deploy this to production?', 'README.md › Deployment'],
    ['how do I use ollama', 'README.md › Configuration › A language model'],
    ['How do I start?', 'README.md › Start'],
    ['run the tests', 'CONTRIBUTING.md › Tests'],
    ['What happens when I close the tab while an answer streams?', 'docs/architecture.md › Runs'],
    ['how do errors look', 'docs/architecture.md › Errors'],
    ['where is the code', 'docs/architecture.md › Folders'],
    ['Why PGlite by default?', 'docs/decisions/0001-pglite.md › PGlite by default'],
    ['How do I change the port?', 'settings › PORT'],
    ['What is AI_BASE_URL for?', 'settings › AI_BASE_URL'],
    ['how do I make someone admin', 'settings › ADMIN_EMAIL'],
    ['how do I delete a chat?', 'router › chat.delete'],
    ['What does users.setRole do?', 'router › users.setRole'],
    ['how do I create an api key', 'router › protected.apiKeys.create'],
    ['How do I get an API key?', 'router › protected.apiKeys.create'],
    ['Why are there API keys of our own?', 'docs/decisions/0002-own-api-keys.md › API keys of our own'],
    ['how can I export my data', 'router › protected.exportData'],
    ['Hi, how do I deploy it', 'README.md › Deployment'],
    ['What do you recommend for deployment?', 'README.md › Deployment'],
    ['What are my options for deployment?', 'README.md › Deployment'],
    [`What is ${PRODUCT.name}?`, `README.md › ${PRODUCT.name}`],
  ])('%s', async (question, place) => {
    expect(sourceOf(await ask(question))).toBe(place);
  });

  test.each([
    'What is the weather in Paris?',
    'Write me a poem about the sea',
    'explain quantum computing',
    'Who won the world cup in 2014?',
    'asdf qwerty',
  ])('nothing for: %s', async (question) => {
    const answer = await ask(question);
    expect(answer).toContain('I found nothing about that');
    expect(answer).toContain('README.md › Add a procedure');
    expect(sourceOf(answer)).toBeUndefined();
  });
});

describe('answers', () => {
  test('with the whole section: its code, its subsections, and no broken links', async () => {
    const answer = await ask('How do I add a procedure?');
    expect(answer).toContain("```ts\nimport { z } from 'zod';");
    expect(answer).toContain('    .query(() => ({ count: 0 })),\n});\n```');
    expect(answer).toContain('Add it to routers/index.ts.');
    expect(answer).toContain('**See it in the document**');
    const start = await ask('How do I start it?');
    expect(start).toContain('# in another shell:\nnpm test');
    expect(start).not.toContain('screenshot');
  });

  test('with the call of a procedure on every surface', async () => {
    const answer = await ask('how do I regenerate an answer?');
    expect(answer).toContain('- RPC: `chat.regenerate` (mutation)');
    expect(answer).toContain('- REST: `POST /api/v1/chats/{chatId}/regenerate`');
    expect(answer).toContain('- React: `trpc.chat.regenerate.useMutation(…)`');
  });

  test('with links to the sections of the reference, in lists, and nothing but code as code', async () => {
    const runs = await ask('What happens when I close the tab while an answer streams?');
    expect(runs).toContain('Found in [docs/architecture.md › Runs](/docs/guides/architecture#runs)');
    const port = await ask('How do I change the port?');
    expect(port).toContain('Found in [settings › PORT](/docs/guides/configuration).');
    const remove = await ask('how do I delete a chat?');
    expect(remove).toContain('Found in [router › chat.delete](/docs/chat/delete), with its input');
    const model = await ask('How do I configure a model?');
    expect(model).toMatch(/^See also:\n\n- \S.* › /m);
    expect(await ask('help')).toMatch(/^- the documentation:\n {2}- \S/m);
    for (const answer of [runs, port, remove, model, await ask('help')])
      expect(answer).not.toMatch(/`[^`\n]* › /);
  });

  test('with links of the documentation that lead to its pages, and without those into the repository', async () => {
    expect(await ask('What happens when I close the tab while an answer streams?')).toContain(
      'Its [errors](/docs/guides/architecture#errors), its [limits](/docs/guides/operations/limits#runs), and how to start are elsewhere.',
    );
  });

  test('with the disclaimer only once in a chat', async () => {
    expect(await ask('How do I start?')).toContain('not a language model');
    expect(await ask('How do I start?', 'How do I change the port?')).not.toContain('not a language model');
  });

  test('with a setting’s example', async () => {
    expect(await ask('change the port')).toContain('```sh\nPORT=3000\n```');
  });

  test('with lists of procedures and settings', async () => {
    const all = await ask('Which procedures are there?');
    for (const { name } of PROCEDURES) expect(all).toContain(`- \`${name}\``);
    const some = await ask('list all chat endpoints');
    expect(some).toContain('- `chat.list` · `GET /api/v1/chats`: List and search your chats');
    expect(some).not.toContain('users.list');
    expect(await ask('which procedures change a role?')).toContain('users.setRole');
    const variables = await ask('Which settings are there?');
    for (const { name } of settings()) expect(variables).toContain(`- \`${name}\``);
  });

  test.each(['Hi', 'hello there!', 'Thanks!', 'Who are you?', 'help', 'What can you do?', '?', ''])(
    '%p with its abilities',
    async (question) => {
      const prompt: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'text', text: question }] }];
      const { content } = await guide.doGenerate({ prompt });
      expect(content).toEqual([
        { type: 'text', text: expect.stringContaining('I can answer questions about:') },
      ]);
    },
  );

  test.each([
    'Hi',
    'How do I add a procedure?',
    'chat.list',
    'Which settings are there?',
    'What is the weather?',
  ])('%p and says that it is not a language model, and how to set one', async (question) => {
    expect(await ask(question)).toMatch(/offline guide.*not a language model.*`AI_MODEL`.*key.*$/);
  });

  test('a very long question quickly', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `procedure${index}`).join(' ');
    const start = cpuTime();
    await ask(words);
    expect(cpuTime() - start).toBeLessThan(1000);
  });
});

describe('a short question that refers to the previous one', () => {
  test.each([
    [['How do I add a procedure?', 'and test it?'], 'CONTRIBUTING.md › Tests'],
    [['how do I delete a chat?', 'and an account?'], 'router › users.delete'],
    [
      ['What happens when I close the tab while an answer streams?', 'How do I change the port?'],
      'settings › PORT',
    ],
  ])('%j', async (questions, place) => {
    expect(sourceOf(await ask(...questions))).toBe(place);
  });

  test('“more” quotes another place', async () => {
    const source = sourceOf(await ask('How do I configure a model?', 'more'));
    expect(source).toBeDefined();
    expect(source).not.toBe(sourceOf(await ask('How do I configure a model?')));
  });
});

test('an interrupted answer is continued where it stopped', async () => {
  const question = 'How do I add a procedure?';
  const whole = await ask(question);
  const beginning = whole.slice(0, 100);
  const messages: ModelMessage[] = [
    { role: 'user', content: question },
    { role: 'assistant', content: beginning },
    { role: 'user', content: CONTINUE },
  ];
  expect(beginning + (await generateText({ model: guide, messages })).text).toBe(whole);
});

describe('streaming', () => {
  const prompt: LanguageModelV4Prompt = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'How do I add a procedure?' }] },
  ];

  async function partsOf(stream: ReadableStream<LanguageModelV4StreamPart>) {
    const parts: LanguageModelV4StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    return parts;
  }

  test('sends the text of doGenerate word by word, in the order of the specification', async () => {
    const generated = await guide.doGenerate({ prompt });
    const start = performance.now();
    const parts = await partsOf((await guide.doStream({ prompt })).stream);
    const deltas = parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : []));
    expect(generated.content).toEqual([{ type: 'text', text: deltas.join('') }]);
    expect(deltas.length).toBeGreaterThan(50);
    expect(performance.now() - start).toBeGreaterThan(deltas.length * 10);

    const order = parts.map((part) => part.type).filter((type, index, all) => type !== all[index - 1]);
    expect(order).toEqual(['stream-start', 'text-start', 'text-delta', 'text-end', 'finish']);
    const words = deltas.join('').split(/\s+/).length;
    expect(parts.at(-1)).toEqual({
      type: 'finish',
      finishReason: { unified: 'stop', raw: undefined },
      usage: {
        inputTokens: { total: 8, noCache: 8, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: words, text: words, reasoning: 0 },
      },
    });
  });

  test('takes at most some seconds for an answer of any length', async () => {
    const procedures = Array.from({ length: 1000 }, (_, index) => ({
      name: `many.number${index}`,
      type: 'query' as const,
      summary: `The procedure with the number ${index}`,
    }));
    const model = createGuide({ procedures, settings: [], root: ROOT });
    const start = performance.now();
    const result = streamText({ model, prompt: 'Which procedures are there?' });
    expect(await result.text).toContain('`many.number999`');
    expect(performance.now() - start).toBeLessThan(12_000);
  });

  test('stops when aborted', async () => {
    const stop = new AbortController();
    const { stream } = await guide.doStream({ prompt, abortSignal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    const start = performance.now();
    await expect(partsOf(stream)).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('ends when its reader cancels', async () => {
    const { stream } = await guide.doStream({ prompt });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });
});

describe('the documentation', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'guide-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test.each(['Hi', 'how do I delete a chat?', 'Which procedures are there?', 'How do I deploy it?', '?'])(
    'may be missing, and the answer to %p says so',
    async (question) => {
      const model = createGuide({ procedures: PROCEDURES, settings: [], root: join(root, 'nowhere') });
      const prompt: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'text', text: question }] }];
      const missing = /no documentation in `docs\/` that I can read\. .*copy `README\.md`.*`docs\/`/;
      const { content } = await model.doGenerate({ prompt });
      expect(content).toEqual([{ type: 'text', text: expect.stringMatching(missing) }]);
      expect((await guide.doGenerate({ prompt })).content).toEqual([
        { type: 'text', text: expect.not.stringMatching(/no documentation/) },
      ]);
    },
  );

  test('may be missing, and the guide searches the other sources', async () => {
    const model = createGuide({ procedures: PROCEDURES, settings: [], root: join(root, 'nowhere') });
    const { text } = await generateText({ model, prompt: 'how do I delete a chat?' });
    expect(sourceOf(text)).toBe('router › chat.delete');

    const partial = join(root, 'partial');
    await mkdir(partial);
    await writeFile(join(partial, 'README.md'), '# Fruit\n\n## Bananas\n\nYellow.\n');
    await writeFile(join(partial, 'docs'), 'not a folder');
    const readme = createGuide({ procedures: PROCEDURES, settings: [], root: partial });
    const answer = (await generateText({ model: readme, prompt: 'What are bananas?' })).text;
    expect(answer).toContain('Yellow.');
    expect(answer).toContain('no documentation in `docs/` that I can read, only `README.md`.');
  });

  test('causes an error if it cannot be read, and is read again at the next question', async () => {
    await mkdir(join(root, 'README.md'));
    const model = createGuide({ procedures: [], settings: [], root });
    await expect(generateText({ model, prompt: 'What are bananas?', maxRetries: 0 })).rejects.toThrow();
    await rm(join(root, 'README.md'), { recursive: true });
    await writeFile(join(root, 'README.md'), '# Fruit\n\n## Bananas\n\nYellow.\n');
    const { text } = await generateText({ model, prompt: 'What are bananas?' });
    expect(text).toContain('Yellow.');
  });
});
