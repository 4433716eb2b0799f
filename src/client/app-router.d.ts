// Written by npm run types from the procedures; what clients know of the server.
import type { TRPCQueryProcedure, TRPCMutationProcedure, TRPCSubscriptionProcedure } from '@trpc/server';
// The same as TRPCBuiltRouter, under the name that it has in every release of tRPC 11.
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import';

/** What the account may do. */
export type Role = 'user' | 'admin';

/** An account. */
export interface User {
  /** An opaque id. */
  id: string;
  /** The name other people read. */
  name: string;
  /** In lower case. */
  email: string;
  /** The address of a picture. */
  image: string | null;
  role: Role;
  /** Whether it is used without having signed up. */
  isGuest: boolean;
  /** Whether it is shut out. */
  banned: boolean;
  /** A quota of their own of model tokens a day, or null. */
  dailyTokens: number | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Accounts, newest first. */
export interface UserPage {
  items: User[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A conversation. */
export interface Chat {
  /** An opaque id. */
  id: string;
  /** Empty until the first message was sent. */
  title: string;
  /** The model that answers; null is the default. */
  model: string | null;
  pinned: boolean;
  archived: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** When something was last said. */
  activeAt: Date;
  /** The run that is writing an answer right now; null when none is. */
  activeRunId: string | null;
}

/** Chats, those said something in last first. */
export interface ChatPage {
  items: Chat[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** Where a match begins and ends, in UTF-16 code units of the original text. */
export interface Match {
  start: number;
  end: number;
}

/** A title or a message that was found. */
export interface Hit {
  /** An opaque id. */
  chatId: string;
  chatTitle: string;
  /** The message that was found; null for the title of the chat. */
  messageId: string | null;
  /** Who wrote the message; null for a title. */
  role: 'user' | 'assistant' | null;
  /** A part of the original text, which is the title, or the text parts of the message joined by line breaks. */
  snippet: string;
  /** Where the snippet begins in the original text. */
  snippetStart: number;
  /** What was found within the snippet, in order. */
  matches: Match[];
  /** When the message, or the chat, was created. */
  createdAt: Date;
}

/** What was found: titles, then messages, newest first. */
export interface HitPage {
  items: Hit[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A message of a chat. */
export interface Message {
  /** An opaque id. */
  id: string;
  /** The id that the client which sent it knows it by; null if that is `id`. */
  clientId: string | null;
  role: 'user' | 'assistant';
  /** streaming while a run writes it; stopped, failed and interrupted keep what was written. */
  status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
  parts: import('ai').UIMessagePart<import('ai').UIDataTypes, import('ai').UITools>[];
  /** The message it follows; null for the first one. */
  parentId: string | null;
  /** The versions of this message, itself among them, oldest first; chat.selectBranch shows another one. */
  branchIds: string[];
  /** The model that wrote it; null for a question. */
  model: string | null;
  /** Why it failed: a code of the error catalogue. */
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

/** Messages, newest last. A page also ends at 1 MiB of content, with at least one message. */
export interface MessagePage {
  items: Message[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** An answer on its way. */
export interface Run {
  /** An opaque id. */
  runId: string;
  /** An opaque id. */
  chatId: string;
  /** The message the run writes. */
  messageId: string;
}

/** What became of the answer. */
export interface Stopped {
  /** Whether an answer was being written. */
  stopped: boolean;
}

/** A language model that may answer. */
export interface Model {
  /** What chat.update and chat.create take. */
  id: string;
  name: string;
  /** Who runs it. */
  provider: string;
  /** Whether a key for it is there. */
  available: boolean;
  /** Whether your own key would be used. */
  ownKey: boolean;
  isDefault: boolean;
}

/** The language models that may answer. */
export interface Models {
  items: Model[];
}

/** A place where the account is signed in. */
export interface Session {
  /** An opaque id. */
  id: string;
  /** Whether this very call was made in it. */
  current: boolean;
  /** The address it came from, where known. */
  ip: string | null;
  /** The program, as it calls itself. */
  userAgent: string | null;
  /** When it was signed in to. */
  createdAt: Date;
  expiresAt: Date;
}

/** What an API key may do: `read` may change nothing. */
export type Scope = 'read' | 'write';

/** An API key, without the key itself. */
export interface ApiKey {
  /** An opaque id. */
  id: string;
  /** What its owner calls it. */
  name: string;
  /** The first characters of the key. */
  start: string;
  scope: Scope;
  /** null when it does not expire. */
  expiresAt: Date | null;
  /** null when it was never used. */
  lastUsedAt: Date | null;
  createdAt: Date;
}

/** The caller, and by what right they call. */
export interface Protected {
  user: User;
  /** null when an API key was sent. */
  session: Session | null;
  /** null in a session. */
  apiKey: ApiKey | null;
}

/** Where the account is signed in, newest first. */
export interface Sessions {
  items: Session[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The API keys of the account, oldest first. */
export interface ApiKeys {
  items: ApiKey[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A new API key, with the key itself. */
export interface ApiKeyCreated {
  /** An opaque id. */
  id: string;
  /** What its owner calls it. */
  name: string;
  /** The first characters of the key. */
  start: string;
  scope: Scope;
  /** null when it does not expire. */
  expiresAt: Date | null;
  /** null when it was never used. */
  lastUsedAt: Date | null;
  createdAt: Date;
  /** The key itself: shown this once. */
  key: string;
}

/** Who runs language models. */
export type Provider = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

/** A key for a model provider; only its last 4 characters are told. */
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
  /** How many answers were begun. */
  runs: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the input tokens. */
  cachedTokens: number;
  /** Of the output tokens. */
  reasoningTokens: number;
}

/** Model tokens used, by day, newest first; days without use are left out. */
export interface Usage {
  items: UsageDay[];
  /** null when tokens are not limited. */
  quota: {
    dailyTokens: number;
    usedToday: number;
    /** What answers that are being written may still use. */
    reservedToday: number;
    resetsAt: Date;
  } | null;
}

/** Who may become the first admin. */
export interface AdminClaim {
  /** True if there has been no admin yet and this account may become the first. */
  open: boolean;
}

/** Something done to the account. */
export interface AuditEvent {
  /** An opaque id. */
  id: string;
  /** What was done. */
  action: string;
  /** How often: failed sign-ins from one IP address within one hour are one event. */
  count: number;
  /** The id of what it was done to, where there is one. */
  target: string | null;
  /** Who did it: the account itself, or an admin. For `sign-in.fail` the account that was tried. */
  actorId: string;
  /** The credential; `command` for a command on the server. */
  via: 'session' | 'api-key' | 'sign-in' | 'command';
  /** The address it came from, where known. */
  ip: string | null;
  /** The program, as it calls itself. */
  userAgent: string | null;
  /** The request, as the server’s log names it. */
  requestId: string | null;
  createdAt: Date;
}

/** Newest first. */
export interface AuditPage {
  items: AuditEvent[];
  /** What to send as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** An account to make. */
export interface UserCreate {
  /** The name other people read. */
  name: string;
  /** An e-mail address; case does not matter. */
  email: string;
  /** 8 to 128 characters. */
  password: string;
  /** The address of a picture, or null. */
  image?: string | null | undefined;
  role?: Role | undefined;
}

/** The whole profile: what is left out is reset. */
export interface UserReplace {
  /** An opaque id. */
  id: string;
  /** The name other people read. */
  name: string;
  /** An e-mail address; case does not matter. */
  email: string;
  /** The address of a picture, or null. */
  image?: string | null | undefined;
}

/** Any part of the profile: what is left out stays. */
export interface UserUpdate {
  /** An opaque id. */
  id: string;
  /** The name other people read. */
  name?: string | undefined;
  /** An e-mail address; case does not matter. */
  email?: string | undefined;
  /** The address of a picture, or null. */
  image?: string | null | undefined;
}

/** A role to give. */
export interface UserSetRole {
  /** An opaque id. */
  id: string;
  role: Role;
}

/** A quota to give. */
export interface UserSetQuota {
  /** An opaque id. */
  id: string;
  /** Model tokens a day (UTC); null goes back to the installation’s quota. */
  dailyTokens: number | null;
}

/** How an account is shut out. */
export interface UserBan {
  /** An opaque id. */
  id: string;
  /** Why, for other admins to read. */
  reason?: string | undefined;
  /** When the ban ends by itself; never when left out. */
  expiresAt?: Date | undefined;
}

/** A chat to start. */
export interface ChatCreate {
  /** What the chat is called. */
  title?: string | undefined;
  /** A model id of chat.models; null is the default. */
  model?: string | undefined;
  /** An id of your own for the chat, as useChat makes one: a second create with it has the same chat. */
  clientId?: string | undefined;
}

/** What to change of a chat; what is left out stays. */
export interface ChatUpdate {
  /** An opaque id. */
  id: string;
  /** What the chat is called. */
  title?: string | undefined;
  pinned?: boolean | undefined;
  archived?: boolean | undefined;
  /** A model id of chat.models; null is the default. */
  model?: string | null | undefined;
}

/** Text that is said. */
export interface TextPart {
  type: 'text';
  text: string;
}

/** What a client with its own list of messages shows. */
export interface Shown {
  /** The id that the client gave to the question. */
  id: string;
  /** The messages that the client shows before the question, oldest first: all of them, or the newest. The model is told these. Without it, the question goes below the last message of the chat. */
  before?:
    | (
        | { id: string; role: 'assistant' }
        | { id: string; role: 'user'; parts: { type: 'text'; text: string }[] }
      )[]
    | undefined;
  /** What to do with a question that the chat has in this place: `submit` returns the run that answers it, `edit` does so if the chat shows that answer last, else it starts another one, as `regenerate` always does. */
  trigger?: 'submit' | 'edit' | 'regenerate' | undefined;
}

/** A question. */
export interface ChatSend {
  /** An opaque id. */
  chatId: string;
  /** Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again. */
  clientRequestId?: string | undefined;
  parts: TextPart[];
  shown?: Shown | undefined;
  /** If there is no such chat, create it in the same transaction, with `chatId` as the `clientId`. A rejected call creates none. */
  createChat?: boolean | undefined;
}

/** Which answer to write anew. */
export interface ChatRegenerate {
  /** An opaque id. */
  chatId: string;
  /** Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again. */
  clientRequestId?: string | undefined;
  /** The answer to write anew; the last one when left out. */
  messageId?: string | undefined;
}

/** An answer to continue. */
export interface ChatContinue {
  /** An opaque id. */
  chatId: string;
  /** Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again. */
  clientRequestId?: string | undefined;
}

/** A question said anew. */
export interface ChatEdit {
  /** An opaque id. */
  chatId: string;
  /** Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again. */
  clientRequestId?: string | undefined;
  parts: TextPart[];
  /** The question to say anew. */
  messageId: string;
}

/** Which version of a message to show. */
export interface ChatSelectBranch {
  /** An opaque id. */
  chatId: string;
  /** The version to show, with the newest of what followed it. */
  messageId: string;
}

/** An API key to make. */
export interface ApiKeyCreate {
  /** What to call it. */
  name: string;
  scope: Scope;
  /** Never when left out. */
  expiresInDays?: number | undefined;
}

/** A key to store. */
export interface ProviderKeySet {
  provider: Provider;
  /** The key as the provider gave it. */
  key: string;
}

/** The proof that you control the server. */
export interface ClaimAdmin {
  /** The code that the server has printed on its console. */
  code: string;
}

/** The proof that it is you. */
export interface DeleteAccount {
  /** The account’s password; a guest has none. */
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
      /** Your own account */
      me: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: User }>;
      /** List and search accounts, newest first */
      list: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** How many items at most. */
          limit?: number | undefined;
          /** nextCursor of the page before. */
          cursor?: string | undefined;
          /** Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor. */
          search?: string | undefined;
        };
        output: UserPage;
      }>;
      /** One account */
      get: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: User;
      }>;
      /** Make an account that can sign in */
      create: TRPCMutationProcedure<{ meta: object; input: UserCreate; output: User }>;
      /** Replace a whole profile */
      replace: TRPCMutationProcedure<{ meta: object; input: UserReplace; output: User }>;
      /** Change parts of a profile */
      update: TRPCMutationProcedure<{ meta: object; input: UserUpdate; output: User }>;
      /** Delete an account and all it owns */
      delete: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: void;
      }>;
      /** Give an account a role */
      setRole: TRPCMutationProcedure<{ meta: object; input: UserSetRole; output: User }>;
      /** Give an account a token quota */
      setQuota: TRPCMutationProcedure<{ meta: object; input: UserSetQuota; output: User }>;
      /** Shut an account out */
      ban: TRPCMutationProcedure<{ meta: object; input: UserBan; output: User }>;
      /** Let an account in again */
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
          /** How many items at most. */
          limit?: number | undefined;
          /** nextCursor of the page before. */
          cursor?: string | undefined;
          /** Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor. */
          search?: string | undefined;
          /** Whether to list the archived chats instead. */
          archived?: boolean | undefined;
        };
        output: ChatPage;
      }>;
      /** Search your titles and messages */
      search: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** How many items at most. */
          limit?: number | undefined;
          /** nextCursor of the page before. */
          cursor?: string | undefined;
          /** Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor. */
          search: string;
        };
        output: HitPage;
      }>;
      /** Start a chat */
      create: TRPCMutationProcedure<{ meta: object; input: ChatCreate; output: Chat }>;
      /** One of your chats */
      get: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          id: string;
        };
        output: Chat;
      }>;
      /** Rename, pin or archive a chat, or set its model */
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
      /** The messages of a chat */
      messages: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
          /** How many items at most. */
          limit?: number | undefined;
          /** nextCursor of the page before. */
          cursor?: string | undefined;
        };
        output: MessagePage;
      }>;
      /** Say something and have it answered */
      send: TRPCMutationProcedure<{ meta: object; input: ChatSend; output: Run }>;
      /** Follow an answer while it is written */
      stream: TRPCSubscriptionProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
          /** The run to follow; the newest of the chat when left out. */
          runId?: string | undefined;
          /** The id of the last event received; 0 or nothing starts at the beginning. */
          lastEventId?: string | undefined;
        };
        output: AsyncIterable<{ id: string; data: import('ai').UIMessageChunk[] }, void, void>;
      }>;
      /** Stop the answer; what is written stays */
      stop: TRPCMutationProcedure<{
        meta: object;
        input: {
          /** An opaque id. */
          chatId: string;
        };
        output: Stopped;
      }>;
      /** Have a question answered anew */
      regenerate: TRPCMutationProcedure<{ meta: object; input: ChatRegenerate; output: Run }>;
      /** Have an answer continued that broke off */
      continue: TRPCMutationProcedure<{ meta: object; input: ChatContinue; output: Run }>;
      /** Say a question anew */
      edit: TRPCMutationProcedure<{ meta: object; input: ChatEdit; output: Run }>;
      /** Show another version of a message */
      selectBranch: TRPCMutationProcedure<{ meta: object; input: ChatSelectBranch; output: Chat }>;
      /** The models you may choose */
      models: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: Models }>;
    };
    protected: {
      /** Who you are, and by what right you call */
      get: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: Protected }>;
      sessions: {
        /** Where you are signed in */
        list: TRPCQueryProcedure<{
          meta: object;
          input: {
            /** How many items at most. */
            limit?: number | undefined;
            /** nextCursor of the page before. */
            cursor?: string | undefined;
          };
          output: Sessions;
        }>;
        /** Sign out in one place */
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
        /** Your API keys */
        list: TRPCQueryProcedure<{
          meta: object;
          input: {
            /** How many items at most. */
            limit?: number | undefined;
            /** nextCursor of the page before. */
            cursor?: string | undefined;
          };
          output: ApiKeys;
        }>;
        /** Make an API key; it is shown once */
        create: TRPCMutationProcedure<{ meta: object; input: ApiKeyCreate; output: ApiKeyCreated }>;
        /** End an API key */
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
        /** Your model provider keys */
        list: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: ProviderKeys }>;
        /** Store your key for a model provider */
        set: TRPCMutationProcedure<{ meta: object; input: ProviderKeySet; output: ProviderKey }>;
        /** Forget your key for a model provider */
        delete: TRPCMutationProcedure<{ meta: object; input: { provider: Provider }; output: void }>;
      };
      /** Everything you own, as one JSON document */
      exportData: TRPCQueryProcedure<{
        meta: object;
        input: Record<string, never>;
        output: AsyncIterable<string, void, void>;
      }>;
      /** Model tokens you used, by day */
      usage: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** How many days back, today among them. */
          days?: number | undefined;
        };
        output: Usage;
      }>;
      /** Whether you can become the first admin */
      adminClaim: TRPCQueryProcedure<{ meta: object; input: Record<string, never>; output: AdminClaim }>;
      /** Become the first admin */
      claimAdmin: TRPCMutationProcedure<{ meta: object; input: ClaimAdmin; output: void }>;
      /** Delete your account and everything it owns */
      deleteAccount: TRPCMutationProcedure<{ meta: object; input: DeleteAccount; output: void }>;
      /** What was done to your account */
      audit: TRPCQueryProcedure<{
        meta: object;
        input: {
          /** How many items at most. */
          limit?: number | undefined;
          /** nextCursor of the page before. */
          cursor?: string | undefined;
        };
        output: AuditPage;
      }>;
    };
  }
>;
