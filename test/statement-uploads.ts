import type { Api } from './caller.ts';
import { fileOf } from './files.ts';
import { type Arrange, COUNTED, expectRows, noChats, plain } from './statement-data.ts';

/** Arranges a call with a file that was uploaded. */
const upload =
  (call: (api: Api, fileId: string) => Promise<unknown>): Arrange =>
  async (owner) => {
    const { id } = await owner.api.chat.files.create({ file: fileOf('a.txt', 'text') });
    return (api) => call(api, id);
  };

/** The number of statements of the procedures of imports and files (test/statements.test.ts). */
export const UPLOADS: Record<string, [statements: number, Arrange]> = {
  'chat.imports.create': [COUNTED + 5, plain((api) => api.chat.imports.create({ content: '[]' }))],
  'chat.imports.list': [1, plain((api, { rows }) => expectRows(rows, api.chat.imports.list({ limit: 100 })))],
  'chat.imports.failures': [
    1,
    plain((api, { rows, importId }) => expectRows(rows, api.chat.imports.failures({ importId, limit: 100 }))),
  ],
  'chat.imports.add': [
    5,
    plain((api, { rows, importId }) => api.chat.imports.add({ importId, content: noChats(rows) })),
  ],

  'chat.files.get': [1, upload((api, fileId) => api.chat.files.get({ fileId }))],
  'chat.files.delete': [1, upload((api, fileId) => api.chat.files.delete({ fileId }))],
};
