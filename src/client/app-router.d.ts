// Written by npm run types from the procedures; what clients know of the server.
import type { TRPCQueryProcedure, TRPCMutationProcedure, TRPCSubscriptionProcedure } from '@trpc/server';
// The same as TRPCBuiltRouter, under the name that it has in every release of tRPC 11.
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import';

/** The role of an account. */
export type Role = 'user' | 'admin';

/** An account. */
export interface User {
  /** An opaque id. */
  id: string;
  /** The name that other users see. */
  name: string;
  /** The email address in lower case. */
  email: string;
  /** The URL of an image. */
  image: string | null;
  role: Role;
  /** True for a guest account (without sign-up). */
  isGuest: boolean;
  /** True if the account is banned. */
  banned: boolean;
  /** The account’s own quota of model tokens per day, or null for the default quota. */
  dailyTokens: number | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Accounts, newest first. */
export interface UserPage {
  items: User[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** A conversation. */
export interface Chat {
  /** An opaque id. */
  id: string;
  /** Empty until the first message is sent. */
  title: string;
  /** The model that writes the answers; null for the default. */
  model: string | null;
  pinned: boolean;
  archived: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** The time of the last message. */
  activeAt: Date;
  /** The run that is writing an answer; null if there is none. */
  activeRunId: string | null;
}

/** A page of chats: pinned first, then by last activity. */
export interface ChatPage {
  items: Chat[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** The start and end of a match, in UTF-16 code units of the original text. */
export interface Match {
  start: number;
  end: number;
}

/** A search result: a title or a message. */
export interface Hit {
  /** An opaque id. */
  chatId: string;
  chatTitle: string;
  /** The id of the message; null if the title of the chat matches. */
  messageId: string | null;
  /** The author of the message; null for a title. */
  role: 'user' | 'assistant' | null;
  /** A part of the original text: of the title, or of the text parts of the message joined by line breaks. */
  snippet: string;
  /** The offset of the snippet in the original text. */
  snippetStart: number;
  /** The matches within the snippet, in order. */
  matches: Match[];
  /** When the message or the chat was created. */
  createdAt: Date;
}

/** A page of search results: titles, then messages, newest first. */
export interface HitPage {
  items: Hit[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** A message of a chat. */
export interface Message {
  /** An opaque id. */
  id: string;
  /** The id that the sending client uses for the message; null if it is the same as `id`. */
  clientId: string | null;
  role: 'user' | 'assistant';
  /** `streaming` while a run writes the message. `stopped`, `failed` and `interrupted` messages keep the text so far. */
  status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
  parts: import('ai').UIMessagePart<import('ai').UIDataTypes, import('ai').UITools>[];
  /** The message that this one follows; null for the first message. */
  parentId: string | null;
  /** All versions of this message including itself, oldest first. chat.selectBranch shows another one. */
  branchIds: string[];
  /** The model that wrote the message; null for a question. */
  model: string | null;
  /** The error code of a failed message. */
  error:
    | 'ANSWER_TOO_LONG'
    | 'BAD_GATEWAY'
    | 'BAD_REQUEST'
    | 'CLIENT_CLOSED_REQUEST'
    | 'CONFLICT'
    | 'CROSS_ORIGIN'
    | 'DATABASE_BUSY'
    | 'EMAIL_TAKEN'
    | 'FORBIDDEN'
    | 'IDEMPOTENCY_KEY_IN_USE'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'INTERNAL_SERVER_ERROR'
    | 'INVALID_INPUT'
    | 'LIMIT_REACHED'
    | 'MALFORMED_JSON'
    | 'METHOD_NOT_ALLOWED'
    | 'MODEL_BAD_RESPONSE'
    | 'MODEL_RATE_LIMITED'
    | 'MODEL_REJECTED'
    | 'MODEL_TIMEOUT'
    | 'MODEL_UNAUTHORIZED'
    | 'MODEL_UNAVAILABLE'
    | 'NOT_ACCEPTABLE'
    | 'NOT_FOUND'
    | 'NOT_IMPLEMENTED'
    | 'PAYLOAD_TOO_LARGE'
    | 'PAYMENT_REQUIRED'
    | 'PRECONDITION_FAILED'
    | 'PRECONDITION_REQUIRED'
    | 'QUOTA_EXCEEDED'
    | 'REQUEST_ID_REUSED'
    | 'RUN_ACTIVE'
    | 'SERVICE_UNAVAILABLE'
    | 'STREAM_GONE'
    | 'TIMEOUT'
    | 'TOO_MANY_REQUESTS'
    | 'UNAUTHORIZED'
    | 'UNKNOWN_HOST'
    | 'UNSUPPORTED_MEDIA_TYPE'
    | 'URI_TOO_LONG'
    | 'WRONG_PASSWORD'
    | null;
  createdAt: Date;
}

/** A page of messages, newest last. A page also ends at 1 MiB of content but has at least one message. */
export interface MessagePage {
  items: Message[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** An answer in progress. */
export interface Run {
  /** An opaque id. */
  runId: string;
  /** An opaque id. */
  chatId: string;
  /** The message that the run writes. */
  messageId: string;
}

/** The result of chat.stop. */
export interface Stopped {
  /** True if an answer was in progress. */
  stopped: boolean;
}

/** A language model that you can choose. */
export interface Model {
  /** The id to pass to chat.update and chat.create. */
  id: string;
  name: string;
  /** The provider of the model. */
  provider: string;
  /** True if there is a key for the model. */
  available: boolean;
  /** True if your own key would be used. */
  ownKey: boolean;
  isDefault: boolean;
}

/** The language models that you can choose. */
export interface Models {
  items: Model[];
}

/** An active session of the account. */
export interface Session {
  /** An opaque id. */
  id: string;
  /** True for the current session. */
  current: boolean;
  /** The IP address, if known. */
  ip: string | null;
  /** The User-Agent header. */
  userAgent: string | null;
  /** When the user signed in. */
  createdAt: Date;
  expiresAt: Date;
}

/** The permissions of an API key. A `read` key cannot change data. */
export type Scope = 'read' | 'write';

/** An API key, without the key itself. */
export interface ApiKey {
  /** An opaque id. */
  id: string;
  /** The name chosen by its owner. */
  name: string;
  /** The first characters of the key. */
  start: string;
  scope: Scope;
  /** null if the key does not expire. */
  expiresAt: Date | null;
  /** null if the key was never used. */
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** The account and the credential of the caller. */
export interface Protected {
  user: User;
  /** null if the request was authenticated by an API key. */
  session: Session | null;
  /** null if the request was authenticated by a session. */
  apiKey: ApiKey | null;
}

/** The active sessions of the account, newest first. */
export interface Sessions {
  items: Session[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** The API keys of the account, oldest first. */
export interface ApiKeys {
  items: ApiKey[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** A new API key, with the key itself. */
export interface ApiKeyCreated {
  /** An opaque id. */
  id: string;
  /** The name chosen by its owner. */
  name: string;
  /** The first characters of the key. */
  start: string;
  scope: Scope;
  /** null if the key does not expire. */
  expiresAt: Date | null;
  /** null if the key was never used. */
  lastUsedAt: Date | null;
  createdAt: Date;
  /** The key itself. It is returned only once. */
  key: string;
}

/** A model provider. */
export type Provider = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

/** A key for a model provider. Only its last 4 characters are returned. */
export interface ProviderKey {
  provider: Provider;
  last4: string;
  createdAt: Date;
  updatedAt: Date;
}

/** The keys for model providers. */
export interface ProviderKeys {
  items: ProviderKey[];
}

/** Model tokens used on one day. */
export interface UsageDay {
  /** A day in UTC. */
  day: string;
  /** The number of answers started. */
  runs: number;
  inputTokens: number;
  outputTokens: number;
  /** The part of the input tokens that was cached. */
  cachedTokens: number;
  /** The part of the output tokens used for reasoning. */
  reasoningTokens: number;
}

/** Model tokens used per day, newest first. Days without use are left out. */
export interface Usage {
  items: UsageDay[];
  /** null if there is no limit. */
  quota: {
    dailyTokens: number;
    usedToday: number;
    /** The tokens reserved for answers in progress. */
    reservedToday: number;
    resetsAt: Date;
  } | null;
}

/** Eligibility of the account to become the first admin. */
export interface AdminClaim {
  /** True if there has been no admin yet and this account may become the first. */
  open: boolean;
}

/** An action on the account. */
export interface AuditEvent {
  /** An opaque id. */
  id: string;
  /** The action. */
  action: string;
  /** The number of occurrences. Failed sign-ins from one IP address within one hour are one event. */
  count: number;
  /** The id of the affected object, if there is one. */
  target: string | null;
  /** The account that did it: this account or an admin. For `sign-in.fail`, the account that was tried. */
  actorId: string;
  /** The credential, or `command` for a command run on the server. */
  via: 'session' | 'api-key' | 'sign-in' | 'command';
  /** The IP address, if known. */
  ip: string | null;
  /** The User-Agent header. */
  userAgent: string | null;
  /** The id of the request in the server’s log. */
  requestId: string | null;
  createdAt: Date;
}

/** Actions on the account, newest first. */
export interface AuditPage {
  items: AuditEvent[];
  /** The `cursor` of the next page; null on the last page. */
  nextCursor: string | null;
}

/** An account to create. */
export interface UserCreate {
  /** The name that other users see. */
  name: string;
  /** An email address. It is not case-sensitive. */
  email: string;
  /** 8 to 128 characters. */
  password: string;
  /** The URL of an image, or null. */
  image?: string | null | undefined;
  role?: Role | undefined;
}

/** The whole profile. Missing fields are reset. */
export interface UserReplace {
  /** An opaque id. */
  id: string;
  /** The name that other users see. */
  name: string;
  /** An email address. It is not case-sensitive. */
  email: string;
  /** The URL of an image, or null. */
  image?: string | null | undefined;
}

/** Changes to a profile. Missing fields are not changed. */
export interface UserUpdate {
  /** An opaque id. */
  id: string;
  /** The name that other users see. */
  name?: string | undefined;
  /** An email address. It is not case-sensitive. */
  email?: string | undefined;
  /** The URL of an image, or null. */
  image?: string | null | undefined;
}

/** The role to set. */
export interface UserSetRole {
  /** An opaque id. */
  id: string;
  role: Role;
}

/** The quota to set. */
export interface UserSetQuota {
  /** An opaque id. */
  id: string;
  /** Model tokens per day (UTC); null for the default quota of the installation. */
  dailyTokens: number | null;
}

/** The terms of a ban. */
export interface UserBan {
  /** An opaque id. */
  id: string;
  /** The reason, shown to other admins. */
  reason?: string | undefined;
  /** When the ban ends. Without it, the ban is permanent. */
  expiresAt?: Date | undefined;
}

/** A chat to create. */
export interface ChatCreate {
  /** The title of the chat. */
  title?: string | undefined;
  /** A model id from chat.models; null for the default. */
  model?: string | undefined;
  /** Your own id for the chat, such as the one that useChat creates. A second create with the same id returns the same chat. */
  clientId?: string | undefined;
}

/** Changes to a chat. Missing fields are not changed. */
export interface ChatUpdate {
  /** An opaque id. */
  id: string;
  /** The title of the chat. */
  title?: string | undefined;
  pinned?: boolean | undefined;
  archived?: boolean | undefined;
  /** A model id from chat.models; null for the default. */
  model?: string | null | undefined;
}

/** A text part of a question. */
export interface TextPart {
  type: 'text';
  text: string;
}

/** The messages that a client with its own list of messages shows. */
export interface Shown {
  /** The client’s id of the question. */
  id: string;
  /** The messages that the client shows before the question, oldest first: all or only the newest. The model receives these messages. Without this field, the question follows the last message of the chat. */
  before?:
    | (
        | { id: string; role: 'assistant' }
        | { id: string; role: 'user'; parts: { type: 'text'; text: string }[] }
      )[]
    | undefined;
  /** What to do if the chat already has the question in this place. `submit` returns the run that answers it. `edit` returns that run if the chat shows its answer last, and otherwise starts a new one. `regenerate` always starts a new one. */
  trigger?: 'submit' | 'edit' | 'regenerate' | undefined;
}

/** A question. */
export interface ChatSend {
  /** An opaque id. */
  chatId: string;
  /** A unique id that the client creates for each operation. A repeated call with the same id returns the first result. Without an id, the operation runs again. */
  clientRequestId?: string | undefined;
  parts: TextPart[];
  shown?: Shown | undefined;
  /** If the chat does not exist, create it in the same transaction with `chatId` as its `clientId`. A rejected call does not create a chat. */
  createChat?: boolean | undefined;
}

/** The answer to regenerate. */
export interface ChatRegenerate {
  /** An opaque id. */
  chatId: string;
  /** A unique id that the client creates for each operation. A repeated call with the same id returns the first result. Without an id, the operation runs again. */
  clientRequestId?: string | undefined;
  /** The answer to regenerate. Default: the last one. */
  messageId?: string | undefined;
}

/** An answer to continue. */
export interface ChatContinue {
  /** An opaque id. */
  chatId: string;
  /** A unique id that the client creates for each operation. A repeated call with the same id returns the first result. Without an id, the operation runs again. */
  clientRequestId?: string | undefined;
}

/** An edited question. */
export interface ChatEdit {
  /** An opaque id. */
  chatId: string;
  /** A unique id that the client creates for each operation. A repeated call with the same id returns the first result. Without an id, the operation runs again. */
  clientRequestId?: string | undefined;
  parts: TextPart[];
  /** The question to edit. */
  messageId: string;
}

/** The version of a message to show. */
export interface ChatSelectBranch {
  /** An opaque id. */
  chatId: string;
  /** The version to show, followed by the newest messages below it. */
  messageId: string;
}

/** An API key to create. */
export interface ApiKeyCreate {
  /** The name of the key. */
  name: string;
  scope: Scope;
  /** Without it, the key does not expire. */
  expiresInDays?: number | undefined;
}

/** A key to store. */
export interface ProviderKeySet {
  provider: Provider;
  /** The key that the provider issued. */
  key: string;
}

/** Proof that you control the server. */
export interface ClaimAdmin {
  /** The code printed on the server console. */
  code: string;
}

/** Proof of your identity. */
export interface DeleteAccount {
  /** The password of the account. Guests have none. */
  password?: string | undefined;
}

/** An error as tRPC clients get it. */
export type ErrorShape = {
  code: import('@trpc/server').TRPC_ERROR_CODE_NUMBER;
  message: string;
  data: {
    path?: string;
    httpStatus: number;
    code:
      | 'ANSWER_TOO_LONG'
      | 'BAD_GATEWAY'
      | 'BAD_REQUEST'
      | 'CLIENT_CLOSED_REQUEST'
      | 'CONFLICT'
      | 'CROSS_ORIGIN'
      | 'DATABASE_BUSY'
      | 'EMAIL_TAKEN'
      | 'FORBIDDEN'
      | 'IDEMPOTENCY_KEY_IN_USE'
      | 'IDEMPOTENCY_KEY_REUSED'
      | 'INTERNAL_SERVER_ERROR'
      | 'INVALID_INPUT'
      | 'LIMIT_REACHED'
      | 'MALFORMED_JSON'
      | 'METHOD_NOT_ALLOWED'
      | 'MODEL_BAD_RESPONSE'
      | 'MODEL_RATE_LIMITED'
      | 'MODEL_REJECTED'
      | 'MODEL_TIMEOUT'
      | 'MODEL_UNAUTHORIZED'
      | 'MODEL_UNAVAILABLE'
      | 'NOT_ACCEPTABLE'
      | 'NOT_FOUND'
      | 'NOT_IMPLEMENTED'
      | 'PAYLOAD_TOO_LARGE'
      | 'PAYMENT_REQUIRED'
      | 'PRECONDITION_FAILED'
      | 'PRECONDITION_REQUIRED'
      | 'QUOTA_EXCEEDED'
      | 'REQUEST_ID_REUSED'
      | 'RUN_ACTIVE'
      | 'SERVICE_UNAVAILABLE'
      | 'STREAM_GONE'
      | 'TIMEOUT'
      | 'TOO_MANY_REQUESTS'
      | 'UNAUTHORIZED'
      | 'UNKNOWN_HOST'
      | 'UNSUPPORTED_MEDIA_TYPE'
      | 'URI_TOO_LONG'
      | 'WRONG_PASSWORD';
    status: number;
    title: string;
    detail: string;
    retryable: boolean;
    requestId: string;
    issues?: { pointer: string; message: string }[];
    retryAfter?: number;
    runId?: string;
    messageId?: string;
  };
};

/** Every procedure, as clients see it. */
export type AppRouter = BuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: true },
  {
    users: {
      /** Get your account */
      me: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: User }>;
      /** List and search accounts, newest first */
      list: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** The maximum number of items. */
          limit?: number | undefined;
          /** The `nextCursor` of the previous page. */
          cursor?: string | undefined;
          /** The words to find. All must match, in any place and also inside other words. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can have no items but a nextCursor. */
          search?: string | undefined;
        };
        output: UserPage;
      }>;
      /** Get an account */
      get: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: User;
      }>;
      /** Create an account */
      create: TRPCMutationProcedure<{ meta: object; input: UserCreate; output: User }>;
      /** Replace a profile */
      replace: TRPCMutationProcedure<{ meta: object; input: UserReplace; output: User }>;
      /** Update a profile */
      update: TRPCMutationProcedure<{ meta: object; input: UserUpdate; output: User }>;
      /** Delete an account and its data */
      delete: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: void;
      }>;
      /** Set the role of an account */
      setRole: TRPCMutationProcedure<{ meta: object; input: UserSetRole; output: User }>;
      /** Set the token quota of an account */
      setQuota: TRPCMutationProcedure<{ meta: object; input: UserSetQuota; output: User }>;
      /** Ban an account */
      ban: TRPCMutationProcedure<{ meta: object; input: UserBan; output: User }>;
      /** Unban an account */
      unban: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: User;
      }>;
    };
    chat: {
      /** List and search your chats */
      list: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** The maximum number of items. */
          limit?: number | undefined;
          /** The `nextCursor` of the previous page. */
          cursor?: string | undefined;
          /** The words to find. All must match, in any place and also inside other words. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can have no items but a nextCursor. */
          search?: string | undefined;
          /** True to list the archived chats instead. */
          archived?: boolean | undefined;
        };
        output: ChatPage;
      }>;
      /** Search your chat titles and messages */
      search: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** The maximum number of items. */
          limit?: number | undefined;
          /** The `nextCursor` of the previous page. */
          cursor?: string | undefined;
          /** The words to find. All must match, in any place and also inside other words. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can have no items but a nextCursor. */
          search: string;
        };
        output: HitPage;
      }>;
      /** Create a chat */
      create: TRPCMutationProcedure<{ meta: object; input: ChatCreate; output: Chat }>;
      /** Get a chat */
      get: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: Chat;
      }>;
      /** Update a chat: title, pin, archive, model */
      update: TRPCMutationProcedure<{ meta: object; input: ChatUpdate; output: Chat }>;
      /** Delete a chat and its messages */
      delete: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: void;
      }>;
      /** List messages */
      messages: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
          /** The maximum number of items. */
          limit?: number | undefined;
          /** The `nextCursor` of the previous page. */
          cursor?: string | undefined;
        };
        output: MessagePage;
      }>;
      /** Send a message and start an answer */
      send: TRPCMutationProcedure<{ meta: object; input: ChatSend; output: Run }>;
      /** Follow an answer in progress */
      stream: TRPCSubscriptionProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
          /** The run to follow. Default: the newest of the chat. */
          runId?: string | undefined;
          /** The id of the last event received. Without it or with 0, the stream starts at the beginning. */
          lastEventId?: string | undefined;
        };
        output: AsyncIterable<{ id: string; data: import('ai').UIMessageChunk[] }, void, void>;
      }>;
      /** Stop an answer */
      stop: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
        };
        output: Stopped;
      }>;
      /** Regenerate an answer */
      regenerate: TRPCMutationProcedure<{ meta: object; input: ChatRegenerate; output: Run }>;
      /** Continue an answer */
      continue: TRPCMutationProcedure<{ meta: object; input: ChatContinue; output: Run }>;
      /** Edit a message */
      edit: TRPCMutationProcedure<{ meta: object; input: ChatEdit; output: Run }>;
      /** Show another version of a message */
      selectBranch: TRPCMutationProcedure<{ meta: object; input: ChatSelectBranch; output: Chat }>;
      /** List available models */
      models: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: Models }>;
    };
    protected: {
      /** Get the current account and credential */
      get: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: Protected }>;
      sessions: {
        /** List active sessions */
        list: TRPCQueryProcedure<{
          meta: object;
          input: {
            /** The maximum number of items. */
            limit?: number | undefined;
            /** The `nextCursor` of the previous page. */
            cursor?: string | undefined;
          };
          output: Sessions;
        }>;
        /** Revoke a session */
        revoke: TRPCMutationProcedure<{
          meta: object;
          input: {
            /** An opaque id. */
            id: string;
          };
          output: void;
        }>;
      };
      apiKeys: {
        /** List your API keys */
        list: TRPCQueryProcedure<{
          meta: object;
          input: {
            /** The maximum number of items. */
            limit?: number | undefined;
            /** The `nextCursor` of the previous page. */
            cursor?: string | undefined;
          };
          output: ApiKeys;
        }>;
        /** Create an API key */
        create: TRPCMutationProcedure<{ meta: object; input: ApiKeyCreate; output: ApiKeyCreated }>;
        /** Revoke an API key */
        revoke: TRPCMutationProcedure<{
          meta: object;
          input: {
            /** An opaque id. */
            id: string;
          };
          output: void;
        }>;
      };
      providerKeys: {
        /** List your model provider keys */
        list: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: ProviderKeys }>;
        /** Store your key for a model provider */
        set: TRPCMutationProcedure<{ meta: object; input: ProviderKeySet; output: ProviderKey }>;
        /** Remove your key for a model provider */
        delete: TRPCMutationProcedure<{ meta: object; input: { provider: Provider }; output: void }>;
      };
      /** Export your data as one JSON document */
      exportData: TRPCQueryProcedure<{
        meta: object;
        input: Record<string, never>;
        output: AsyncIterable<string, void, void>;
      }>;
      /** Get your token usage per day */
      usage: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** The number of days, including today. */
          days?: number | undefined;
        };
        output: Usage;
      }>;
      /** Check if you can become the first admin */
      adminClaim: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: AdminClaim }>;
      /** Become the first admin */
      claimAdmin: TRPCMutationProcedure<{ meta: object; input: ClaimAdmin; output: void }>;
      /** Delete your account and its data */
      deleteAccount: TRPCMutationProcedure<{ meta: object; input: DeleteAccount; output: void }>;
      /** List the audit trail of your account */
      audit: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** The maximum number of items. */
          limit?: number | undefined;
          /** The `nextCursor` of the previous page. */
          cursor?: string | undefined;
        };
        output: AuditPage;
      }>;
    };
  }
>;
