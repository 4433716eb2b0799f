import type { UIMessageChunk } from 'ai';

/** Our ids of an answer, which its message has as metadata. */
export interface AnswerIds {
  chatId: string;
  runId: string;
}

/**
 * The chunk types that AI SDK 5.0.0 and 6.0.0 know, and the fields of each. These releases accept no other chunk and no
 * other field: one from a later release ends the stream with an error in the client.
 */
const FIELDS: Record<string, readonly string[] | undefined> = {
  'text-start': ['id', 'providerMetadata'],
  'text-delta': ['id', 'delta', 'providerMetadata'],
  'text-end': ['id', 'providerMetadata'],
  'reasoning-start': ['id', 'providerMetadata'],
  'reasoning-delta': ['id', 'delta', 'providerMetadata'],
  'reasoning-end': ['id', 'providerMetadata'],
  'tool-input-start': ['toolCallId', 'toolName', 'providerExecuted', 'dynamic'],
  'tool-input-delta': ['toolCallId', 'inputTextDelta'],
  'tool-input-available': [
    'toolCallId',
    'toolName',
    'input',
    'providerExecuted',
    'providerMetadata',
    'dynamic',
  ],
  'tool-output-available': ['toolCallId', 'output', 'providerExecuted', 'dynamic'],
  'tool-output-error': ['toolCallId', 'errorText', 'providerExecuted', 'dynamic'],
  'source-url': ['sourceId', 'url', 'title', 'providerMetadata'],
  'source-document': ['sourceId', 'mediaType', 'title', 'filename', 'providerMetadata'],
  file: ['url', 'mediaType', 'providerMetadata'],
  'start-step': [],
  'finish-step': [],
  start: ['messageId', 'messageMetadata'],
  finish: ['messageMetadata'],
  abort: [],
  error: ['errorText'],
  'message-metadata': ['messageMetadata'],
};
const DATA_FIELDS = ['id', 'data', 'transient'];

/** Returns the chunk with the fields that every client knows, or nothing if some do not know the chunk. */
function known(chunk: { type: string }): object[] {
  const fields = chunk.type.startsWith('data-') ? DATA_FIELDS : FIELDS[chunk.type];
  if (!fields) return [];
  const entries = Object.entries(chunk).filter(([name]) => name === 'type' || fields.includes(name));
  return [Object.fromEntries(entries)];
}

const metadata = (messageMetadata: object) => known({ type: 'message-metadata', ...{ messageMetadata } });

const codeOf = (data: unknown) =>
  typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;

/**
 * Converts a chunk of an answer into chunks that any client of AI SDK 5, 6 and 7 accepts. Our ids and how the answer
 * ended are in the metadata of the message, because older clients have no field for them.
 */
export function toClientChunks(chunk: UIMessageChunk, ids: AnswerIds): object[] {
  switch (chunk.type) {
    case 'start':
      return known({ ...chunk, ...{ messageMetadata: ids } });
    case 'finish': {
      const { finishReason } = chunk;
      return known({
        type: chunk.type,
        ...{ messageMetadata: { ...ids, status: 'complete', ...(finishReason && { finishReason }) } },
      });
    }
    case 'abort':
      return [...metadata({ ...ids, status: chunk.reason ?? 'stopped' }), ...known(chunk)];
    case 'data-error':
      return [...metadata({ ...ids, status: 'failed', error: codeOf(chunk.data) }), ...known(chunk)];
    case 'tool-input-error': {
      const { errorText, ...call } = chunk;
      return [
        ...known({ ...call, type: 'tool-input-available' }),
        ...known({ ...call, type: 'tool-output-error', ...{ errorText } }),
      ];
    }
    default:
      return known(chunk);
  }
}
