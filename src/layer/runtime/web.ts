import type { FileStore, Runtime } from './runtime.ts';
import { createSha256 } from './sha256.ts';

const encoder = new TextEncoder();

/** Creates a store that keeps files in memory. The limits of a form also limit the memory of a request. */
function createMemoryStore(): FileStore {
  return {
    async add(content, { name, type }) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of content) chunks.push(chunk);
      return new File(chunks, name, { type });
    },
    isUsed: false,
    remove: () => Promise.resolve(),
  };
}

/** A runtime that only has the APIs of the web, such as workerd. */
export const runtime: Runtime = {
  byteLength: (text) => encoder.encode(text).byteLength,
  hashText(text) {
    const hash = createSha256();
    hash.update(text);
    return hash.digest();
  },
  createHash: createSha256,
  compress: null,
  defer: (run) => {
    setTimeout(run);
  },
  isolatesRequests: true,
  unref: () => undefined,
  createFileStore: createMemoryStore,
};
