import { createMCPClient } from '@ai-sdk/mcp';
import { afterAll, describe, expect, test } from '@jest/globals';
import { generateText, stepCountIs } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { signUp } from '#test/client';
import { serveInstance } from '#test/served';

const server = await serveInstance();
afterAll(server.close);
const ada = await signUp(server.url);
const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'write' });

// Without discovery, it sends `initialize` like clients before 2026-07-28.
describe.each([
  ['2026-07-28', true],
  ['2025-11-25', false],
])('the AI SDK as a client of revision %s', (revision, protocolVersionDiscovery) => {
  const connect = () =>
    createMCPClient({
      transport: { type: 'http', url: `${server.url}/api/mcp`, headers: { authorization: `Bearer ${key}` } },
      protocolVersionDiscovery,
    });

  test('lists and calls tools, with structured content', async () => {
    const client = await connect();
    expect(client.initializeResult.protocolVersion).toBe(revision);
    expect(client.instructions).toContain('chat_ask');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['chat_list', 'chat_create']));
    const created = await client.callTool({ name: 'chat_create', arguments: { title: revision } });
    const { id } = z.object({ id: z.string() }).parse(created.structuredContent);
    const { items } = await ada.rpc.chat.list.query({});
    expect(items.find((chat) => chat.id === id)?.title).toBe(revision);
    await client.close();
  });

  test('gets the error of a tool as its result', async () => {
    const client = await connect();
    expect(await client.callTool({ name: 'chat_get', arguments: { id: 'missing' } })).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: expect.stringMatching(/^NOT_FOUND: /) }],
    });
    await expect(client.callTool({ name: 'nothing' })).rejects.toThrow('There is no tool nothing.');
    await client.close();
  });

  test('reads resources, and gets prompts', async () => {
    const client = await connect();
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain('switchboard://docs/agents.md');
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(3);
    const { contents } = await client.readResource({ uri: 'switchboard://docs/agents.md' });
    expect(JSON.stringify(contents)).toContain('# AI agents');
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain('continue_chat');
    const prompt = await client.getPrompt({ name: 'add_procedure', arguments: { purpose: 'It counts.' } });
    expect(JSON.stringify(prompt.messages)).toContain('It counts.');
    await client.close();
  });

  test('gives its tools to a model, with the outputs that their schemas describe', async () => {
    const client = await connect();
    const tools = await client.tools({
      schemas: {
        users_me: { inputSchema: z.object({}), outputSchema: z.object({ email: z.string() }) },
      },
    });
    const usage = {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    };
    let step = 0;
    const model = new MockLanguageModelV4({
      doGenerate: () =>
        Promise.resolve(
          step++ === 0
            ? {
                content: [{ type: 'tool-call', toolCallId: '1', toolName: 'users_me', input: '{}' }],
                finishReason: { unified: 'tool-calls', raw: undefined },
                usage,
                warnings: [],
              }
            : {
                content: [{ type: 'text', text: 'Done.' }],
                finishReason: { unified: 'stop', raw: undefined },
                usage,
                warnings: [],
              },
        ),
    });
    const { steps, text } = await generateText({
      model,
      tools,
      prompt: 'Who am I?',
      stopWhen: stepCountIs(2),
    });
    expect(steps[0]?.toolResults).toMatchObject([{ toolName: 'users_me', output: { email: ada.email } }]);
    expect(text).toBe('Done.');
    await client.close();
  });
});
