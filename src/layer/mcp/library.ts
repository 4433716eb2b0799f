import { anySignal } from '../call/any-signal.ts';
import type { Call } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import type { MountedApi } from '../mounts.ts';
import { attempt } from './attempt.ts';
import type { Sees } from './described.ts';
import { Failure, type Library, type PromptBook, type SentContent } from './offer.ts';
import type { Prompts } from './prompts.ts';
import type { ResourceContent, Resources } from './resources.ts';

/** The number of bytes that are converted at once, because a call can have only so many arguments. */
const CHUNK_BYTES = 16_384;

/** Returns the resources of the caller of a request. @param sees returns which procedures the caller may call. */
export function libraryOf<C extends object>(
  call: Call<C>,
  api: MountedApi<C>,
  resources: () => Eventual<Resources<C>>,
  sees: () => Eventual<Sees>,
): Library {
  return {
    list: (cancelled) =>
      attempt(call, api, async () => {
        const options = { ctx: await call.context(), signal: anySignal(call.signal, cancelled) };
        return (await resources()).list(await sees(), options);
      }),
    templates: () => attempt(call, api, async () => (await resources()).templates(await sees())),
    async read(uri, cancelled) {
      const found = (await resources()).find(uri);
      if (!found) return undefined;
      const { called, mimeType, read } = found;
      const content = await attempt(
        call,
        api,
        async () => {
          if (!(await sees())(called)) return null;
          return read({ ctx: await call.context(), signal: anySignal(call.signal, cancelled) });
        },
        called,
      );
      if (content instanceof Failure) return content.data.code === 'NOT_FOUND' ? undefined : content;
      return sentContent(content, mimeType);
    },
  };
}

/** Returns the prompts of the caller of a request. @param sees returns which procedures the caller may call. */
export function promptBookOf<C extends object>(
  call: Call<C>,
  api: MountedApi<C>,
  prompts: () => Eventual<Prompts<C>>,
  sees: () => Eventual<Sees>,
): PromptBook {
  return {
    list: () => attempt(call, api, async () => (await prompts()).list(await sees())),
    async get(name, args, cancelled) {
      const found = (await prompts()).find(name);
      if (!found) return undefined;
      const { called, description, get } = found;
      return attempt(
        call,
        api,
        async () => {
          if (!(await sees())(called)) return undefined;
          const options = { ctx: await call.context(), signal: anySignal(call.signal, cancelled) };
          const messages = await get(options, args);
          return { messages, ...(description !== undefined && { description }) };
        },
        called,
      );
    },
  };
}

/** Returns the content of a resource as it is sent. */
function sentContent(content: ResourceContent, mimeType: string): SentContent | undefined {
  if (content === null) return undefined;
  if (typeof content === 'string') return { mimeType, text: content };
  let binary = '';
  for (let start = 0; start < content.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...content.subarray(start, start + CHUNK_BYTES));
  }
  return { mimeType, blob: btoa(binary) };
}
