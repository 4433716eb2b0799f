import type { UIMessageChunk } from 'ai';

/** A part of JSON Schema, enough for chunks. */
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

const block = { id: { ...text, description: 'Of the block of text it belongs to.' } };
const told = { providerMetadata: { ...object, description: 'What the provider says beside.' } };
const call = { toolCallId: text };
const tool = { ...call, toolName: text };
const aboutCall = { providerExecuted: flag, dynamic: flag, toolMetadata: object, ...told };
const media = { url: { ...text, description: 'An address, or the content as data:.' }, mediaType: text };

type Fields = Record<string, Field>;
type ChunkType = Exclude<UIMessageChunk['type'], `data-${string}`>;
/** What a chunk is for, the fields it has, and those it may have. */
type Row<All = Fields> = [description: string, required: All, optional?: All];
/** A row with no field that the AI SDK does not have. */
type RowOf<T extends ChunkType> = Row<Partial<Record<keyof Extract<UIMessageChunk, { type: T }>, Field>>>;

const CHUNKS = {
  start: ['The answer begins.', {}, { messageId: text, messageMetadata: anything }],
  'text-start': ['A block of text begins.', block, told],
  'text-delta': [
    'More text of a block.',
    { ...block, delta: { ...text, description: 'What is added.' } },
    told,
  ],
  'text-end': [
    'A block of text ends.',
    block,
    { citations: { type: 'array', items: { type: 'object', additionalProperties: true } }, ...told },
  ],
  'reasoning-start': ['A thought begins.', block, told],
  'reasoning-delta': ['More of a thought.', { ...block, delta: text }, told],
  'reasoning-end': ['A thought ends.', block, told],
  'source-url': ['A page the answer refers to.', { sourceId: text, url: text }, { title: text, ...told }],
  'source-document': [
    'A document the answer refers to.',
    { sourceId: text, mediaType: text, title: text },
    { filename: text, ...told },
  ],
  file: ['A file of the answer.', media, told],
  'reasoning-file': ['A file of a thought.', media, told],
  'tool-input-start': [
    'The model begins to write the input of a tool.',
    tool,
    { inputEncoding: { type: 'string', enum: ['json', 'text'] }, title: text, ...aboutCall },
  ],
  'tool-input-delta': ['More of that input.', { ...call, inputTextDelta: text }],
  'tool-input-available': ['A tool is called.', { ...tool, input: anything }, { title: text, ...aboutCall }],
  'tool-input-error': [
    'The input of a tool is wrong.',
    { ...tool, input: anything, errorText: text },
    { title: text, ...aboutCall },
  ],
  'tool-approval-request': [
    'A call waits for approval.',
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
    'A call was approved or denied.',
    { approvalId: text, approved: flag },
    { reason: text, providerExecuted: flag, ...told },
  ],
  'tool-output-available': [
    'The result of a call.',
    { ...call, output: anything },
    { preliminary: flag, ...aboutCall },
  ],
  'tool-output-error': ['A call failed.', { ...call, errorText: text }, aboutCall],
  'tool-output-denied': ['A call was not allowed.', call],
  custom: [
    'Something of a provider.',
    { kind: { ...text, description: 'The provider, a dot, and a name.' } },
    told,
  ],
  'steering-message': [
    'What the user said meanwhile.',
    { id: text, parts: { type: 'array', items: { type: 'object', additionalProperties: true } } },
  ],
  'start-step': ['A step of the answer begins.', {}],
  'finish-step': ['A step ends.', {}],
  'reset-step': ['What the step has written is taken back.', {}],
  'message-metadata': ['More is known of the message.', { messageMetadata: anything }],
  finish: [
    'The answer is complete.',
    {},
    {
      finishReason: {
        type: 'string',
        enum: ['stop', 'length', 'content-filter', 'tool-calls', 'error', 'interrupted', 'other'],
        description: 'Why the model ended it.',
      },
      messageMetadata: anything,
    },
  ],
  abort: [
    'The answer ended early; what was written stays.',
    {},
    { reason: { ...text, description: '`interrupted` if its server stopped; otherwise it was stopped.' } },
  ],
  error: ['The answer failed; what was written stays.', { errorText: text }],
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
    'Data beside the text. `data-error` says why the answer failed: `data` is an error with a `code` and a `detail`.',
    { data: anything },
    { id: text, transient: flag },
  ]),
];
