/** What the provider of a model says beside its answer. */
type ProviderMetadata = Record<string, Record<string, unknown>>;

interface Told {
  providerMetadata?: ProviderMetadata;
}

interface ToolCall extends Told {
  toolCallId: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
  title?: string;
}

/**
 * A piece of an answer as it is written: a chunk of the AI SDK's UI-message stream
 * (https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol). `text-delta` has the text.
 */
export type AnswerPart =
  | { type: 'start'; messageId?: string; messageMetadata?: unknown }
  | ({ type: 'text-start' | 'text-end'; id: string } & Told)
  | ({ type: 'text-delta'; id: string; delta: string } & Told)
  | ({ type: 'reasoning-start' | 'reasoning-end'; id: string } & Told)
  | ({ type: 'reasoning-delta'; id: string; delta: string } & Told)
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
  | ({ type: 'source-url'; sourceId: string; url: string; title?: string } & Told)
  | ({
      type: 'source-document';
      sourceId: string;
      mediaType: string;
      title: string;
      filename?: string;
    } & Told)
  | ({ type: 'file' | 'reasoning-file'; url: string; mediaType: string } & Told)
  | { type: `data-${string}`; id?: string; data: unknown; transient?: boolean }
  | ({ type: 'custom'; kind: string } & Told)
  | { type: 'steering-message'; id: string; parts: unknown[] }
  | { type: 'start-step' | 'finish-step' | 'reset-step' }
  | { type: 'message-metadata'; messageMetadata: unknown }
  | { type: 'finish'; finishReason?: string; messageMetadata?: unknown }
  /** The answer was stopped. */
  | { type: 'abort'; reason?: string }
  /** The answer failed; what was written stays. */
  | { type: 'error'; errorText: string };
