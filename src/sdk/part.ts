/** Additional data of a model provider. */
type ProviderMetadata = Record<string, Record<string, unknown>>;

interface WithMetadata {
  providerMetadata?: ProviderMetadata;
}

interface ToolCall extends WithMetadata {
  toolCallId: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
  title?: string;
}

/**
 * A part of an answer in progress: a chunk of the AI SDK's UI-message stream
 * (https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol). `text-delta` has the text.
 */
export type AnswerPart =
  | { type: 'start'; messageId?: string; messageMetadata?: unknown }
  | ({ type: 'text-start' | 'text-end'; id: string } & WithMetadata)
  | ({ type: 'text-delta'; id: string; delta: string } & WithMetadata)
  | ({ type: 'reasoning-start' | 'reasoning-end'; id: string } & WithMetadata)
  | ({ type: 'reasoning-delta'; id: string; delta: string } & WithMetadata)
  | ({ type: 'tool-input-start'; toolName: string } & ToolCall)
  | { type: 'tool-input-delta'; toolCallId: string; inputTextDelta: string }
  | ({ type: 'tool-input-available'; toolName: string; input: unknown } & ToolCall)
  | ({ type: 'tool-input-error'; toolName: string; input: unknown; errorText: string } & ToolCall)
  | ({ type: 'tool-output-available'; output: unknown; preliminary?: boolean } & ToolCall)
  | ({ type: 'tool-output-error'; errorText: string } & ToolCall)
  | { type: 'tool-output-denied'; toolCallId: string }
  | {
      type: 'tool-approval-request';
      approvalId: string;
      toolCallId: string;
      reason?: string;
      isAutomatic?: boolean;
    }
  | { type: 'tool-approval-response'; approvalId: string; approved: boolean; reason?: string }
  | ({ type: 'source-url'; sourceId: string; url: string; title?: string } & WithMetadata)
  | ({
      type: 'source-document';
      sourceId: string;
      mediaType: string;
      title: string;
      filename?: string;
    } & WithMetadata)
  | ({ type: 'file' | 'reasoning-file'; url: string; mediaType: string } & WithMetadata)
  | { type: `data-${string}`; id?: string; data: unknown; transient?: boolean }
  | ({ type: 'custom'; kind: string } & WithMetadata)
  | { type: 'steering-message'; id: string; parts: unknown[] }
  | { type: 'start-step' | 'finish-step' | 'reset-step' }
  | { type: 'message-metadata'; messageMetadata: unknown }
  | { type: 'finish'; finishReason?: string; messageMetadata?: unknown }
  /** The answer was stopped. */
  | { type: 'abort'; reason?: string }
  /** The answer failed. The text so far is kept. */
  | { type: 'error'; errorText: string };
