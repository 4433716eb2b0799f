import { setTimeout as pause } from 'node:timers/promises';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { createApi, type Meta, progressOf } from '#layer/index';
import { mcp } from '#layer/mcp/index';

const t = initTRPC.meta<Meta>().create();

/** The smallest picture: one pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Reports of progress are sent at most 4 times a second. */
const PROGRESS_MS = 260;

const Address = z
  .object({ street: z.string().optional(), city: z.string().optional() })
  .meta({ id: 'address' });

/** Tools that the conformance tests call. A procedure of the same name is each of them. */
const router = t.router({
  test_simple_text: t.procedure
    .meta({ mcp: { description: 'Returns a text.' } })
    .output(z.string())
    .query(() => 'This is a simple text response for testing.'),
  test_error_handling: t.procedure.meta({ mcp: { description: 'Fails.' } }).query(() => {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: 'This tool intentionally returns an error for testing',
    });
  }),
  test_tool_with_progress: t.procedure
    .meta({ mcp: { description: 'Reports its progress.' } })
    .query(async ({ signal }) => {
      const report = progressOf(signal);
      for (const done of [1, 50, 100]) {
        report?.(done);
        await pause(PROGRESS_MS);
      }
      return 'done';
    }),
  json_schema_2020_12_tool: t.procedure
    .meta({ mcp: { description: 'Has an input with a named part.' } })
    .input(z.strictObject({ name: z.string().optional(), address: Address.optional() }))
    .query(({ input }) => input.name ?? ''),
});

/** An API with the tools, resources and prompts that `@modelcontextprotocol/conformance` asks for. */
export const api = createApi({
  router,
  createContext: () => ({}),
  origin: { checkHosts: true },
  mounts: [
    mcp({
      name: 'conformance-fixture',
      version: '1.0.0',
      resources: [
        {
          uri: 'test://static-text',
          name: 'static-text',
          description: 'A text.',
          read: () => 'This is the content of the static text resource.',
        },
        {
          uri: 'test://static-binary',
          name: 'static-binary',
          description: 'A picture.',
          mimeType: 'image/png',
          read: () => Buffer.from(PNG, 'base64'),
        },
        {
          uriTemplate: 'test://template/{id}/data',
          name: 'template',
          description: 'Data with an id.',
          mimeType: 'application/json',
          read: ({ variables: { id } }) =>
            JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
      prompts: [
        {
          name: 'test_simple_prompt',
          description: 'A prompt without arguments.',
          get: () => 'This is a simple prompt for testing.',
        },
        {
          name: 'test_prompt_with_arguments',
          description: 'A prompt with arguments.',
          arguments: [
            { name: 'arg1', description: 'The first one.', required: true },
            { name: 'arg2', description: 'The second one.', required: true },
          ],
          get: ({ args: { arg1, arg2 } }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
        },
        {
          name: 'test_prompt_with_embedded_resource',
          description: 'A prompt with a resource.',
          arguments: [{ name: 'resourceUri', description: 'The URI of the resource.', required: true }],
          get: ({ args: { resourceUri = '' } }) => [
            {
              role: 'user',
              content: {
                type: 'resource',
                resource: {
                  uri: resourceUri,
                  mimeType: 'text/plain',
                  text: 'Embedded resource content for testing.',
                },
              },
            },
            { role: 'user', content: { type: 'text', text: 'Please process the embedded resource above.' } },
          ],
        },
        {
          name: 'test_prompt_with_image',
          description: 'A prompt with a picture.',
          get: () => [
            { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
            { role: 'user', content: { type: 'text', text: 'Please analyze the image above.' } },
          ],
        },
      ],
    }),
  ],
});
