import type { UIMessageChunk } from 'ai';

/** The subset of JSON Schema that chunks need. */
type Field = Partial<{
  type: 'string' | 'boolean' | 'object' | 'array';
  const: string;
  pattern: string;
  enum: string[];
  description: string;
  items: { type: 'object'; additionalProperties: true };
  additionalProperties: true;
}>;

const text: Field = { type: 'string' };
const flag: Field = { type: 'boolean' };
const object: Field = { type: 'object', additionalProperties: true };
const anything: Field = {};

const block = { id: { ...text, description: 'The id of the text block.' } };
const metadata = { providerMetadata: { ...object, description: 'Additional data of the provider.' } };
const call = { toolCallId: text };
const tool = { ...call, toolName: text };
const aboutCall = { providerExecuted: flag, dynamic: flag, toolMetadata: object, ...metadata };
const media = { url: { ...text, description: 'A URL, or the content as a data: URL.' }, mediaType: text };

type Fields = Record<string, Field>;
type ChunkType = Exclude<UIMessageChunk['type'], `data-${string}`>;
/** The description of a chunk, its required fields and its optional fields. */
type Row<All = Fields> = [description: string, required: All, optional?: All];
/** A row that has only fields of the AI SDK's type. */
type RowOf<T extends ChunkType> = Row<Partial<Record<keyof Extract<UIMessageChunk, { type: T }>, Field>>>;

const CHUNKS = {
  start: ['The answer starts.', {}, { messageId: text, messageMetadata: anything }],
  'text-start': ['A text block starts.', block, metadata],
  'text-delta': [
    'More text of a text block.',
    { ...block, delta: { ...text, description: 'The added text.' } },
    metadata,
  ],
  'text-end': [
    'A text block ends.',
    block,
    { citations: { type: 'array', items: { type: 'object', additionalProperties: true } }, ...metadata },
  ],
  'reasoning-start': ['A reasoning block starts.', block, metadata],
  'reasoning-delta': ['More text of a reasoning block.', { ...block, delta: text }, metadata],
  'reasoning-end': ['A reasoning block ends.', block, metadata],
  'source-url': [
    'A web page that the answer cites.',
    { sourceId: text, url: text },
    { title: text, ...metadata },
  ],
  'source-document': [
    'A document that the answer cites.',
    { sourceId: text, mediaType: text, title: text },
    { filename: text, ...metadata },
  ],
  file: ['A file in the answer.', media, metadata],
  'reasoning-file': ['A file in the reasoning.', media, metadata],
  'tool-input-start': [
    'The model starts to write the input of a tool call.',
    tool,
    { inputEncoding: { type: 'string', enum: ['json', 'text'] }, title: text, ...aboutCall },
  ],
  'tool-input-delta': ['More of the input of a tool call.', { ...call, inputTextDelta: text }],
  'tool-input-available': ['A tool is called.', { ...tool, input: anything }, { title: text, ...aboutCall }],
  'tool-input-error': [
    'The input of a tool call is invalid.',
    { ...tool, input: anything, errorText: text },
    { title: text, ...aboutCall },
  ],
  'tool-approval-request': [
    'A tool call waits for approval.',
    { ...call, approvalId: text },
    {
      approvalDescriptor: anything,
      inputSchemaInput: anything,
      reason: text,
      isAutomatic: flag,
      signature: text,
    },
  ],
  'tool-approval-response': [
    'A tool call was approved or denied.',
    { approvalId: text, approved: flag },
    { reason: text, providerExecuted: flag, ...metadata },
  ],
  'tool-output-available': [
    'The result of a tool call.',
    { ...call, output: anything },
    { preliminary: flag, ...aboutCall },
  ],
  'tool-output-error': ['A tool call failed.', { ...call, errorText: text }, aboutCall],
  'tool-output-denied': ['A tool call was denied.', call],
  custom: [
    'A provider-specific chunk.',
    { kind: { ...text, description: 'The provider, a dot and a name.' } },
    metadata,
  ],
  'steering-message': [
    'A message that the user sent in the meantime.',
    { id: text, parts: { type: 'array', items: { type: 'object', additionalProperties: true } } },
  ],
  'start-step': ['A step of the answer starts.', {}],
  'finish-step': ['A step ends.', {}],
  'reset-step': ['The output of the current step is discarded.', {}],
  'message-metadata': ['New metadata of the message.', { messageMetadata: anything }],
  finish: [
    'The answer is complete.',
    {},
    {
      finishReason: {
        type: 'string',
        enum: ['stop', 'length', 'content-filter', 'tool-calls', 'error', 'interrupted', 'other'],
        description: 'Why the model ended the answer.',
      },
      messageMetadata: anything,
    },
  ],
  abort: [
    'The answer ended early. The text so far is kept.',
    {},
    {
      reason: {
        ...text,
        description: '`interrupted` if the server stopped; otherwise a user stopped the answer.',
      },
    },
  ],
  error: ['The answer failed. The text so far is kept.', { errorText: text }],
} satisfies { [T in ChunkType]: RowOf<T> };

const fieldsOf = (type: Field, required: Fields, optional?: Fields): Fields => ({
  type,
  ...required,
  ...optional,
});

const schemaOf = (title: string, type: Field, [description, required, optional]: Row) => ({
  title,
  description,
  type: 'object' as const,
  properties: fieldsOf(type, required, optional),
  required: ['type', ...Object.keys(required)],
  additionalProperties: true as const,
});

/** The JSON Schema of each chunk of the AI SDK's UI-message stream, by its type. */
export const CHUNK_SCHEMAS = [
  ...Object.entries<Row>(CHUNKS).map(([type, row]) => schemaOf(type, { type: 'string', const: type }, row)),
  schemaOf('data-*', { type: 'string', pattern: '^data-' }, [
    'Additional data. `data-error` has the reason of a failure: `data` is an error with a `code` and a `detail`.',
    { data: anything },
    { id: text, transient: flag },
  ]),
];
