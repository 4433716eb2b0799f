// Written by npm run sdk, with @hey-api/openapi-ts.

export type ClientOptions = {
    baseUrl: `${string}://${string}/api/v1` | (string & {});
};

/**
 * An account to make.
 */
export type UserCreate = {
    /**
     * The name other people read.
     */
    name: string;
    /**
     * An e-mail address; case does not matter.
     */
    email: string;
    /**
     * 8 to 128 characters.
     */
    password: string;
    /**
     * The address of a picture, or null.
     */
    image?: string | null;
    role?: Role;
};

/**
 * What the account may do.
 */
export type Role = 'user' | 'admin';

/**
 * The whole profile: what is left out is reset.
 */
export type UserReplace = {
    /**
     * The name other people read.
     */
    name: string;
    /**
     * An e-mail address; case does not matter.
     */
    email: string;
    /**
     * The address of a picture, or null.
     */
    image?: string | null;
};

/**
 * Any part of the profile: what is left out stays.
 */
export type UserUpdate = {
    /**
     * The name other people read.
     */
    name?: string;
    /**
     * An e-mail address; case does not matter.
     */
    email?: string;
    /**
     * The address of a picture, or null.
     */
    image?: string | null;
};

/**
 * A role to give.
 */
export type UserSetRole = {
    role: Role;
};

/**
 * A quota to give.
 */
export type UserSetQuota = {
    /**
     * Model tokens a day (UTC); null goes back to the installation’s quota.
     */
    dailyTokens: number | null;
};

/**
 * How an account is shut out.
 */
export type UserBan = {
    /**
     * Why, for other admins to read.
     */
    reason?: string;
    /**
     * When the ban ends by itself; never when left out.
     */
    expiresAt?: string;
};

/**
 * A chat to start.
 */
export type ChatCreate = {
    /**
     * What the chat is called.
     */
    title?: string;
    /**
     * A model id of chat.models; null is the default.
     */
    model?: string;
    /**
     * An id of your own for the chat, as useChat makes one: a second create with it has the same chat.
     */
    clientId?: string;
};

/**
 * What to change of a chat; what is left out stays.
 */
export type ChatUpdate = {
    /**
     * What the chat is called.
     */
    title?: string;
    pinned?: boolean;
    archived?: boolean;
    model?: string | null;
};

/**
 * A question.
 */
export type ChatSend = {
    /**
     * Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again.
     */
    clientRequestId?: string;
    parts: Array<TextPart>;
    shown?: Shown;
    /**
     * If there is no such chat, create it in the same transaction, with `chatId` as the `clientId`. A rejected call creates none.
     */
    createChat?: boolean;
};

/**
 * Text that is said.
 */
export type TextPart = {
    type: 'text';
    text: string;
};

/**
 * What a client with its own list of messages shows.
 */
export type Shown = {
    /**
     * The id that the client gave to the question.
     */
    id: string;
    /**
     * The messages that the client shows before the question, oldest first: all of them, or the newest. The model is told these. Without it, the question goes below the last message of the chat.
     */
    before?: Array<{
        id: string;
        role: 'user';
        parts: Array<TextPart>;
    } | {
        id: string;
        role: 'assistant';
    }>;
    /**
     * What to do with a question that the chat has in this place: `submit` returns the run that answers it, `edit` does so if the chat shows that answer last, else it starts another one, as `regenerate` always does.
     */
    trigger?: 'submit' | 'edit' | 'regenerate';
};

/**
 * Which answer to write anew.
 */
export type ChatRegenerate = {
    /**
     * Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again.
     */
    clientRequestId?: string;
    /**
     * The answer to write anew; the last one when left out.
     */
    messageId?: string;
};

/**
 * An answer to continue.
 */
export type ChatContinue = {
    /**
     * Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again.
     */
    clientRequestId?: string;
};

/**
 * A question said anew.
 */
export type ChatEdit = {
    /**
     * Made by the client, a new one for each thing it wants done. The same call sent again has the first result; without it, it is done again.
     */
    clientRequestId?: string;
    parts: Array<TextPart>;
    /**
     * The question to say anew.
     */
    messageId: string;
};

/**
 * Which version of a message to show.
 */
export type ChatSelectBranch = {
    /**
     * The version to show, with the newest of what followed it.
     */
    messageId: string;
};

/**
 * An API key to make.
 */
export type ApiKeyCreate = {
    /**
     * What to call it.
     */
    name: string;
    scope: Scope;
    /**
     * Never when left out.
     */
    expiresInDays?: number;
};

/**
 * What an API key may do: `read` may change nothing.
 */
export type Scope = 'read' | 'write';

/**
 * Who runs language models.
 */
export type Provider = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

/**
 * A key to store.
 */
export type ProviderKeySet = {
    /**
     * The key as the provider gave it.
     */
    key: string;
};

/**
 * The proof that you control the server.
 */
export type ClaimAdmin = {
    /**
     * The code that the server has printed on its console.
     */
    code: string;
};

/**
 * The proof that it is you.
 */
export type DeleteAccount = {
    /**
     * The account’s password; a guest has none.
     */
    password?: string;
};

/**
 * An account.
 */
export type User = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * The name other people read.
     */
    name: string;
    /**
     * In lower case.
     */
    email: string;
    /**
     * The address of a picture.
     */
    image: string | null;
    role: Role;
    /**
     * Whether it is used without having signed up.
     */
    isGuest: boolean;
    /**
     * Whether it is shut out.
     */
    banned: boolean;
    /**
     * A quota of their own of model tokens a day, or null.
     */
    dailyTokens: number | null;
    createdAt: string;
    updatedAt: string;
};

/**
 * `BAD_REQUEST`: The request is not valid. `INVALID_INPUT`: The input is not valid. `MALFORMED_JSON`: The body is not valid JSON. `WRONG_PASSWORD`: The password is not correct.
 */
export type Problem400 = Problem & {
    status: 400;
    code: 'BAD_REQUEST' | 'INVALID_INPUT' | 'MALFORMED_JSON' | 'WRONG_PASSWORD';
};

/**
 * Why a call failed: problem details (RFC 9457).
 */
export type Problem = {
    type: 'about:blank';
    /**
     * What the code means; the same for each.
     */
    title: string;
    /**
     * The HTTP status.
     */
    status: number;
    /**
     * What happened this time.
     */
    detail: string;
    /**
     * What to tell errors apart by; it does not change.
     */
    code: 'BAD_REQUEST' | 'INVALID_INPUT' | 'MALFORMED_JSON' | 'WRONG_PASSWORD' | 'UNAUTHORIZED' | 'PAYMENT_REQUIRED' | 'FORBIDDEN' | 'CROSS_ORIGIN' | 'UNKNOWN_HOST' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' | 'NOT_ACCEPTABLE' | 'CONFLICT' | 'EMAIL_TAKEN' | 'LIMIT_REACHED' | 'RUN_ACTIVE' | 'REQUEST_ID_REUSED' | 'IDEMPOTENCY_KEY_IN_USE' | 'IDEMPOTENCY_KEY_REUSED' | 'STREAM_GONE' | 'PRECONDITION_FAILED' | 'PAYLOAD_TOO_LARGE' | 'URI_TOO_LONG' | 'UNSUPPORTED_MEDIA_TYPE' | 'PRECONDITION_REQUIRED' | 'TOO_MANY_REQUESTS' | 'QUOTA_EXCEEDED' | 'CLIENT_CLOSED_REQUEST' | 'INTERNAL_SERVER_ERROR' | 'NOT_IMPLEMENTED' | 'BAD_GATEWAY' | 'MODEL_UNAUTHORIZED' | 'MODEL_REJECTED' | 'MODEL_BAD_RESPONSE' | 'ANSWER_TOO_LONG' | 'MODEL_RATE_LIMITED' | 'MODEL_UNAVAILABLE' | 'DATABASE_BUSY' | 'SERVICE_UNAVAILABLE' | 'TIMEOUT' | 'MODEL_TIMEOUT';
    /**
     * Whether the same call may succeed later.
     */
    retryable: boolean;
    /**
     * The request, as the server’s log names it.
     */
    requestId: string;
    /**
     * What is wrong with the input; where there is too much, the last one counts the rest.
     */
    issues?: Array<Issue>;
    /**
     * Seconds to wait before a retry.
     */
    retryAfter?: number;
    /**
     * The message that has the whole answer, with STREAM_GONE.
     */
    messageId?: string;
    /**
     * The run that is in the way, with RUN_ACTIVE; chat.stop ends it.
     */
    runId?: string;
};

/**
 * One thing wrong with the input.
 */
export type Issue = {
    /**
     * Where: a JSON Pointer (RFC 6901) into the input; empty for the whole input.
     */
    pointer: string;
    /**
     * How to fix it.
     */
    message: string;
};

/**
 * `UNAUTHORIZED`: Sign in or send an API key.
 */
export type Problem401 = Problem & {
    status: 401;
    code: 'UNAUTHORIZED';
};

/**
 * `FORBIDDEN`: You may not do this. `CROSS_ORIGIN`: Requests from another origin are not accepted. `UNKNOWN_HOST`: This server does not know the host of the request.
 */
export type Problem403 = Problem & {
    status: 403;
    code: 'FORBIDDEN' | 'CROSS_ORIGIN' | 'UNKNOWN_HOST';
};

/**
 * `NOT_ACCEPTABLE`: None of the accepted media types can be produced.
 */
export type Problem406 = Problem & {
    status: 406;
    code: 'NOT_ACCEPTABLE';
};

/**
 * `TOO_MANY_REQUESTS`: Too many requests. `QUOTA_EXCEEDED`: The daily token quota is used up.
 */
export type Problem429 = Problem & {
    status: 429;
    code: 'TOO_MANY_REQUESTS' | 'QUOTA_EXCEEDED';
};

/**
 * `INTERNAL_SERVER_ERROR`: Something went wrong on our side.
 */
export type Problem500 = Problem & {
    status: 500;
    code: 'INTERNAL_SERVER_ERROR';
};

/**
 * `MODEL_RATE_LIMITED`: The model provider is rate limiting us. `MODEL_UNAVAILABLE`: The model provider cannot be reached. `DATABASE_BUSY`: The database is busy. `SERVICE_UNAVAILABLE`: The service is not available right now.
 */
export type Problem503 = Problem & {
    status: 503;
    code: 'MODEL_RATE_LIMITED' | 'MODEL_UNAVAILABLE' | 'DATABASE_BUSY' | 'SERVICE_UNAVAILABLE';
};

/**
 * `TIMEOUT`: The call took too long and was stopped. `MODEL_TIMEOUT`: The model provider took too long.
 */
export type Problem504 = Problem & {
    status: 504;
    code: 'TIMEOUT' | 'MODEL_TIMEOUT';
};

/**
 * Accounts, newest first.
 */
export type UserPage = {
    items: Array<User>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * `CONFLICT`: This conflicts with what is stored. `EMAIL_TAKEN`: An account with this e-mail exists. `LIMIT_REACHED`: A limit of the account is reached. `RUN_ACTIVE`: An answer is still being written in this chat. `REQUEST_ID_REUSED`: This request id was used with another body. `IDEMPOTENCY_KEY_IN_USE`: The first call with this Idempotency-Key is not answered yet. `IDEMPOTENCY_KEY_REUSED`: This Idempotency-Key was used for another call.
 */
export type Problem409 = Problem & {
    status: 409;
    code: 'CONFLICT' | 'EMAIL_TAKEN' | 'LIMIT_REACHED' | 'RUN_ACTIVE' | 'REQUEST_ID_REUSED' | 'IDEMPOTENCY_KEY_IN_USE' | 'IDEMPOTENCY_KEY_REUSED';
};

/**
 * `PRECONDITION_FAILED`: It is not as you expect it to be.
 */
export type Problem412 = Problem & {
    status: 412;
    code: 'PRECONDITION_FAILED';
};

/**
 * `PAYLOAD_TOO_LARGE`: The body is too large.
 */
export type Problem413 = Problem & {
    status: 413;
    code: 'PAYLOAD_TOO_LARGE';
};

/**
 * `UNSUPPORTED_MEDIA_TYPE`: This content type is not accepted.
 */
export type Problem415 = Problem & {
    status: 415;
    code: 'UNSUPPORTED_MEDIA_TYPE';
};

/**
 * `NOT_FOUND`: Not found.
 */
export type Problem404 = Problem & {
    status: 404;
    code: 'NOT_FOUND';
};

/**
 * Chats, those said something in last first.
 */
export type ChatPage = {
    items: Array<Chat>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * A conversation.
 */
export type Chat = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * Empty until the first message was sent.
     */
    title: string;
    /**
     * The model that answers; null is the default.
     */
    model: string | null;
    pinned: boolean;
    archived: boolean;
    createdAt: string;
    updatedAt: string;
    /**
     * When something was last said.
     */
    activeAt: string;
    /**
     * The run that is writing an answer right now; null when none is.
     */
    activeRunId: string | null;
};

/**
 * What was found: titles, then messages, newest first.
 */
export type HitPage = {
    items: Array<Hit>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * A title or a message that was found.
 */
export type Hit = {
    /**
     * An opaque id.
     */
    chatId: string;
    chatTitle: string;
    /**
     * The message that was found; null for the title of the chat.
     */
    messageId: string | null;
    /**
     * Who wrote the message; null for a title.
     */
    role: 'user' | 'assistant' | null;
    /**
     * A part of the original text, which is the title, or the text parts of the message joined by line breaks.
     */
    snippet: string;
    /**
     * Where the snippet begins in the original text.
     */
    snippetStart: number;
    /**
     * What was found within the snippet, in order.
     */
    matches: Array<Match>;
    /**
     * When the message, or the chat, was created.
     */
    createdAt: string;
};

/**
 * Where a match begins and ends, in UTF-16 code units of the original text.
 */
export type Match = {
    start: number;
    end: number;
};

/**
 * Messages, newest last. A page also ends at 1 MiB of content, with at least one message.
 */
export type MessagePage = {
    items: Array<Message>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * A message of a chat.
 */
export type Message = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * The id that the client which sent it knows it by; null if that is `id`.
     */
    clientId: string | null;
    role: 'user' | 'assistant';
    /**
     * streaming while a run writes it; stopped, failed and interrupted keep what was written.
     */
    status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
    parts: Array<MessagePart>;
    /**
     * The message it follows; null for the first one.
     */
    parentId: string | null;
    /**
     * The versions of this message, itself among them, oldest first; chat.selectBranch shows another one.
     */
    branchIds: Array<string>;
    /**
     * The model that wrote it; null for a question.
     */
    model: string | null;
    /**
     * Why it failed: a code of the error catalogue.
     */
    error: string | null;
    createdAt: string;
};

/**
 * A part of a message: an AI SDK UIMessage part, such as { type: "text", text }.
 */
export type MessagePart = {
    type: string;
    [key: string]: unknown;
};

/**
 * An answer on its way.
 */
export type Run = {
    /**
     * An opaque id.
     */
    runId: string;
    /**
     * An opaque id.
     */
    chatId: string;
    /**
     * The message the run writes.
     */
    messageId: string;
};

/**
 * A server-sent event of chat.stream.
 */
export type ChatStreamEvent = {
    /**
     * Where to go on after a cut connection.
     */
    id?: string;
    /**
     * May be left out.
     */
    event?: 'message';
    /**
     * UI-message chunks that were committed together.
     */
    data: Array<MessageChunk>;
} | {
    event: 'done';
    data: {
        [key: string]: unknown;
    };
} | {
    event: 'error';
    data: Problem;
};

/**
 * A chunk of the AI SDK’s UI-message stream. A chunk may have more fields than these.
 */
export type MessageChunk = {
    type: 'start';
    messageId?: string;
    messageMetadata?: unknown;
    [key: string]: unknown;
} | {
    type: 'text-start';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'text-delta';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    /**
     * What is added.
     */
    delta: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'text-end';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    citations?: Array<{
        [key: string]: unknown;
    }>;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-start';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-delta';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    delta: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-end';
    /**
     * Of the block of text it belongs to.
     */
    id: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'source-url';
    sourceId: string;
    url: string;
    title?: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'source-document';
    sourceId: string;
    mediaType: string;
    title: string;
    filename?: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'file';
    /**
     * An address, or the content as data:.
     */
    url: string;
    mediaType: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-file';
    /**
     * An address, or the content as data:.
     */
    url: string;
    mediaType: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-input-start';
    toolCallId: string;
    toolName: string;
    inputEncoding?: 'json' | 'text';
    title?: string;
    providerExecuted?: boolean;
    dynamic?: boolean;
    toolMetadata?: {
        [key: string]: unknown;
    };
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-input-delta';
    toolCallId: string;
    inputTextDelta: string;
    [key: string]: unknown;
} | {
    type: 'tool-input-available';
    toolCallId: string;
    toolName: string;
    input: unknown;
    title?: string;
    providerExecuted?: boolean;
    dynamic?: boolean;
    toolMetadata?: {
        [key: string]: unknown;
    };
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-input-error';
    toolCallId: string;
    toolName: string;
    input: unknown;
    errorText: string;
    title?: string;
    providerExecuted?: boolean;
    dynamic?: boolean;
    toolMetadata?: {
        [key: string]: unknown;
    };
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-approval-request';
    toolCallId: string;
    approvalId: string;
    approvalDescriptor?: unknown;
    inputSchemaInput?: unknown;
    reason?: string;
    isAutomatic?: boolean;
    signature?: string;
    [key: string]: unknown;
} | {
    type: 'tool-approval-response';
    approvalId: string;
    approved: boolean;
    reason?: string;
    providerExecuted?: boolean;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-output-available';
    toolCallId: string;
    output: unknown;
    preliminary?: boolean;
    providerExecuted?: boolean;
    dynamic?: boolean;
    toolMetadata?: {
        [key: string]: unknown;
    };
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-output-error';
    toolCallId: string;
    errorText: string;
    providerExecuted?: boolean;
    dynamic?: boolean;
    toolMetadata?: {
        [key: string]: unknown;
    };
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'tool-output-denied';
    toolCallId: string;
    [key: string]: unknown;
} | {
    type: 'custom';
    /**
     * The provider, a dot, and a name.
     */
    kind: string;
    /**
     * What the provider says beside.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'steering-message';
    id: string;
    parts: Array<{
        [key: string]: unknown;
    }>;
    [key: string]: unknown;
} | {
    type: 'start-step';
    [key: string]: unknown;
} | {
    type: 'finish-step';
    [key: string]: unknown;
} | {
    type: 'reset-step';
    [key: string]: unknown;
} | {
    type: 'message-metadata';
    messageMetadata: unknown;
    [key: string]: unknown;
} | {
    type: 'finish';
    /**
     * Why the model ended it.
     */
    finishReason?: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'interrupted' | 'other';
    messageMetadata?: unknown;
    [key: string]: unknown;
} | {
    type: 'abort';
    /**
     * `interrupted` if its server stopped; otherwise it was stopped.
     */
    reason?: string;
    [key: string]: unknown;
} | {
    type: 'error';
    errorText: string;
    [key: string]: unknown;
} | {
    type: string;
    data: unknown;
    id?: string;
    transient?: boolean;
    [key: string]: unknown;
};

/**
 * An event of chat.stream as a line of JSON.
 */
export type ChatStreamLine = ChatStreamEvent | {
    event: 'open' | 'heartbeat';
};

/**
 * What became of the answer.
 */
export type Stopped = {
    /**
     * Whether an answer was being written.
     */
    stopped: boolean;
};

/**
 * The language models that may answer.
 */
export type Models = {
    items: Array<Model>;
};

/**
 * A language model that may answer.
 */
export type Model = {
    /**
     * What chat.update and chat.create take.
     */
    id: string;
    name: string;
    /**
     * Who runs it.
     */
    provider: string;
    /**
     * Whether a key for it is there.
     */
    available: boolean;
    /**
     * Whether your own key would be used.
     */
    ownKey: boolean;
    isDefault: boolean;
};

/**
 * The caller, and by what right they call.
 */
export type Protected = {
    user: User;
    /**
     * null when an API key was sent.
     */
    session: Session | null;
    /**
     * null in a session.
     */
    apiKey: ApiKey | null;
};

/**
 * A place where the account is signed in.
 */
export type Session = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * Whether this very call was made in it.
     */
    current: boolean;
    /**
     * The address it came from, where known.
     */
    ip: string | null;
    /**
     * The program, as it calls itself.
     */
    userAgent: string | null;
    /**
     * When it was signed in to.
     */
    createdAt: string;
    expiresAt: string;
};

/**
 * An API key, without the key itself.
 */
export type ApiKey = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * What its owner calls it.
     */
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    scope: Scope;
    /**
     * null when it does not expire.
     */
    expiresAt: string | null;
    /**
     * null when it was never used.
     */
    lastUsedAt: string | null;
    createdAt: string;
};

/**
 * Where the account is signed in, newest first.
 */
export type Sessions = {
    items: Array<Session>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * The API keys of the account, oldest first.
 */
export type ApiKeys = {
    items: Array<ApiKey>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

/**
 * A new API key, with the key itself.
 */
export type ApiKeyCreated = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * What its owner calls it.
     */
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    scope: Scope;
    /**
     * null when it does not expire.
     */
    expiresAt: string | null;
    /**
     * null when it was never used.
     */
    lastUsedAt: string | null;
    createdAt: string;
    /**
     * The key itself: shown this once.
     */
    key: string;
};

/**
 * The keys for model providers.
 */
export type ProviderKeys = {
    items: Array<ProviderKey>;
};

/**
 * A key for a model provider; only its last 4 characters are told.
 */
export type ProviderKey = {
    provider: Provider;
    last4: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * Everything an account owns; no secret is in it.
 */
export type Export = {
    exportedAt: string;
    user: User;
    sessions: Array<Session>;
    apiKeys: Array<ApiKey>;
    providerKeys: Array<ProviderKey>;
    signIns: Array<SignIn>;
    /**
     * All days with use, oldest first.
     */
    usage: Array<UsageDay>;
    audit: Array<AuditEvent>;
    /**
     * As they are stored, oldest first.
     */
    chats: Array<{
        /**
         * An opaque id.
         */
        id: string;
        [key: string]: unknown;
    }>;
    /**
     * As they are stored, chat by chat, oldest first.
     */
    messages: Array<{
        /**
         * An opaque id.
         */
        id: string;
        [key: string]: unknown;
    }>;
};

/**
 * A way to sign in to the account, without its secret.
 */
export type SignIn = {
    /**
     * `credential` for a password.
     */
    providerId: string;
    /**
     * The id of the account there.
     */
    accountId: string;
    createdAt: string;
};

/**
 * Model tokens used on one day.
 */
export type UsageDay = {
    /**
     * A day in UTC.
     */
    day: string;
    /**
     * How many answers were begun.
     */
    runs: number;
    inputTokens: number;
    outputTokens: number;
    /**
     * Of the input tokens.
     */
    cachedTokens: number;
    /**
     * Of the output tokens.
     */
    reasoningTokens: number;
};

/**
 * Something done to the account.
 */
export type AuditEvent = {
    /**
     * An opaque id.
     */
    id: string;
    /**
     * What was done.
     */
    action: string;
    /**
     * How often: failed sign-ins from one IP address within one hour are one event.
     */
    count: number;
    /**
     * The id of what it was done to, where there is one.
     */
    target: string | null;
    /**
     * Who did it: the account itself, or an admin. For `sign-in.fail` the account that was tried.
     */
    actorId: string;
    /**
     * The credential; `command` for a command on the server.
     */
    via: 'session' | 'api-key' | 'sign-in' | 'command';
    /**
     * The address it came from, where known.
     */
    ip: string | null;
    /**
     * The program, as it calls itself.
     */
    userAgent: string | null;
    /**
     * The request, as the server’s log names it.
     */
    requestId: string | null;
    createdAt: string;
};

/**
 * Model tokens used, by day, newest first; days without use are left out.
 */
export type Usage = {
    items: Array<UsageDay>;
    /**
     * null when tokens are not limited.
     */
    quota: {
        dailyTokens: number;
        usedToday: number;
        /**
         * What answers that are being written may still use.
         */
        reservedToday: number;
        resetsAt: string;
    } | null;
};

/**
 * Who may become the first admin.
 */
export type AdminClaim = {
    /**
     * True if there has been no admin yet and this account may become the first.
     */
    open: boolean;
};

/**
 * Newest first.
 */
export type AuditPage = {
    items: Array<AuditEvent>;
    /**
     * What to send as `cursor` for the next page; null on the last one.
     */
    nextCursor: string | null;
};

export type UsersMeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/users/me';
};

export type UsersMeResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersMeResponse = UsersMeResponses[keyof UsersMeResponses];

export type UsersListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
        /**
         * Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor.
         */
        search?: string;
    };
    url: '/users';
};

export type UsersListResponses = {
    /**
     * Done.
     */
    200: UserPage;
};

export type UsersListResponse = UsersListResponses[keyof UsersListResponses];

export type UsersCreateData = {
    body: UserCreate;
    path?: never;
    query?: never;
    url: '/users';
};

export type UsersCreateResponses = {
    /**
     * Created; `Location` says where it is.
     */
    201: User;
};

export type UsersCreateResponse = UsersCreateResponses[keyof UsersCreateResponses];

export type UsersDeleteData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersDeleteResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type UsersDeleteResponse = UsersDeleteResponses[keyof UsersDeleteResponses];

export type UsersGetData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersGetResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersGetResponse = UsersGetResponses[keyof UsersGetResponses];

export type UsersUpdateData = {
    body?: UserUpdate;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersUpdateResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersUpdateResponse = UsersUpdateResponses[keyof UsersUpdateResponses];

export type UsersReplaceData = {
    body: UserReplace;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersReplaceResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersReplaceResponse = UsersReplaceResponses[keyof UsersReplaceResponses];

export type UsersSetRoleData = {
    body: UserSetRole;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/role';
};

export type UsersSetRoleResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersSetRoleResponse = UsersSetRoleResponses[keyof UsersSetRoleResponses];

export type UsersSetQuotaData = {
    body: UserSetQuota;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/quota';
};

export type UsersSetQuotaResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersSetQuotaResponse = UsersSetQuotaResponses[keyof UsersSetQuotaResponses];

export type UsersUnbanData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/ban';
};

export type UsersUnbanResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersUnbanResponse = UsersUnbanResponses[keyof UsersUnbanResponses];

export type UsersBanData = {
    body?: UserBan;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/ban';
};

export type UsersBanResponses = {
    /**
     * Done.
     */
    200: User;
};

export type UsersBanResponse = UsersBanResponses[keyof UsersBanResponses];

export type ChatListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
        /**
         * Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor.
         */
        search?: string;
        /**
         * Whether to list the archived chats instead.
         */
        archived?: boolean;
    };
    url: '/chats';
};

export type ChatListResponses = {
    /**
     * Done.
     */
    200: ChatPage;
};

export type ChatListResponse = ChatListResponses[keyof ChatListResponses];

export type ChatCreateData = {
    body?: ChatCreate;
    path?: never;
    query?: never;
    url: '/chats';
};

export type ChatCreateResponses = {
    /**
     * Created; `Location` says where it is.
     */
    201: Chat;
};

export type ChatCreateResponse = ChatCreateResponses[keyof ChatCreateResponses];

export type ChatSearchData = {
    body?: never;
    path?: never;
    query: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
        /**
         * Words that must all be found, each anywhere, also inside of words; "quotes" make a phrase. Case and accents do not matter. A page also ends when it has examined enough, so it may have no items and a nextCursor.
         */
        search: string;
    };
    url: '/chats/search';
};

export type ChatSearchResponses = {
    /**
     * Done.
     */
    200: HitPage;
};

export type ChatSearchResponse = ChatSearchResponses[keyof ChatSearchResponses];

export type ChatDeleteData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatDeleteResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ChatDeleteResponse = ChatDeleteResponses[keyof ChatDeleteResponses];

export type ChatGetData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatGetResponses = {
    /**
     * Done.
     */
    200: Chat;
};

export type ChatGetResponse = ChatGetResponses[keyof ChatGetResponses];

export type ChatUpdateData = {
    body?: ChatUpdate;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatUpdateResponses = {
    /**
     * Done.
     */
    200: Chat;
};

export type ChatUpdateResponse = ChatUpdateResponses[keyof ChatUpdateResponses];

export type ChatMessagesData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
    };
    url: '/chats/{chatId}/messages';
};

export type ChatMessagesResponses = {
    /**
     * Done.
     */
    200: MessagePage;
};

export type ChatMessagesResponse = ChatMessagesResponses[keyof ChatMessagesResponses];

export type ChatSendData = {
    body: ChatSend;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/messages';
};

export type ChatSendResponses = {
    /**
     * Accepted; the work goes on.
     */
    202: Run;
};

export type ChatSendResponse = ChatSendResponses[keyof ChatSendResponses];

export type ChatStreamData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: {
        /**
         * The run to follow; the newest of the chat when left out.
         */
        runId?: string;
        /**
         * The id of the last event received; 0 or nothing starts at the beginning.
         */
        lastEventId?: string;
    };
    url: '/chats/{chatId}/stream';
};

export type ChatStreamResponses = {
    /**
     * Server-sent events; the schema is that of each event, with its `data`, which is JSON, parsed. `id`, where given, is what to send as `Last-Event-ID` to go on after a cut connection. The stream ends with `event: done`, or with `event: error` whose `data` is a problem document; where it ends without one of them, the connection was cut. Lines that start with a colon keep it open. To those who accept `application/x-ndjson` the same comes as a line of JSON each, with `{"event":"open"}` first and `{"event":"heartbeat"}` to keep it open.
     */
    200: ChatStreamEvent;
};

export type ChatStreamResponse = ChatStreamResponses[keyof ChatStreamResponses];

export type ChatStopData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/stop';
};

export type ChatStopResponses = {
    /**
     * Accepted; the work goes on.
     */
    202: Stopped;
};

export type ChatStopResponse = ChatStopResponses[keyof ChatStopResponses];

export type ChatRegenerateData = {
    body?: ChatRegenerate;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/regenerate';
};

export type ChatRegenerateResponses = {
    /**
     * Accepted; the work goes on.
     */
    202: Run;
};

export type ChatRegenerateResponse = ChatRegenerateResponses[keyof ChatRegenerateResponses];

export type ChatContinueData = {
    body?: ChatContinue;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/continue';
};

export type ChatContinueResponses = {
    /**
     * Accepted; the work goes on.
     */
    202: Run;
};

export type ChatContinueResponse = ChatContinueResponses[keyof ChatContinueResponses];

export type ChatEditData = {
    body: ChatEdit;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/edit';
};

export type ChatEditResponses = {
    /**
     * Accepted; the work goes on.
     */
    202: Run;
};

export type ChatEditResponse = ChatEditResponses[keyof ChatEditResponses];

export type ChatSelectBranchData = {
    body: ChatSelectBranch;
    path: {
        /**
         * An opaque id.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/branch';
};

export type ChatSelectBranchResponses = {
    /**
     * Done.
     */
    200: Chat;
};

export type ChatSelectBranchResponse = ChatSelectBranchResponses[keyof ChatSelectBranchResponses];

export type ChatModelsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/models';
};

export type ChatModelsResponses = {
    /**
     * Done.
     */
    200: Models;
};

export type ChatModelsResponse = ChatModelsResponses[keyof ChatModelsResponses];

export type ProtectedGetData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected';
};

export type ProtectedGetResponses = {
    /**
     * Done.
     */
    200: Protected;
};

export type ProtectedGetResponse = ProtectedGetResponses[keyof ProtectedGetResponses];

export type ProtectedSessionsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
    };
    url: '/protected/sessions';
};

export type ProtectedSessionsListResponses = {
    /**
     * Done.
     */
    200: Sessions;
};

export type ProtectedSessionsListResponse = ProtectedSessionsListResponses[keyof ProtectedSessionsListResponses];

export type ProtectedSessionsRevokeData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/protected/sessions/{id}';
};

export type ProtectedSessionsRevokeResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ProtectedSessionsRevokeResponse = ProtectedSessionsRevokeResponses[keyof ProtectedSessionsRevokeResponses];

export type ProtectedApiKeysListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
    };
    url: '/protected/api-keys';
};

export type ProtectedApiKeysListResponses = {
    /**
     * Done.
     */
    200: ApiKeys;
};

export type ProtectedApiKeysListResponse = ProtectedApiKeysListResponses[keyof ProtectedApiKeysListResponses];

export type ProtectedApiKeysCreateData = {
    body: ApiKeyCreate;
    path?: never;
    query?: never;
    url: '/protected/api-keys';
};

export type ProtectedApiKeysCreateResponses = {
    /**
     * Created; `Location` says where it is.
     */
    201: ApiKeyCreated;
};

export type ProtectedApiKeysCreateResponse = ProtectedApiKeysCreateResponses[keyof ProtectedApiKeysCreateResponses];

export type ProtectedApiKeysRevokeData = {
    body?: never;
    path: {
        /**
         * An opaque id.
         */
        id: string;
    };
    query?: never;
    url: '/protected/api-keys/{id}';
};

export type ProtectedApiKeysRevokeResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ProtectedApiKeysRevokeResponse = ProtectedApiKeysRevokeResponses[keyof ProtectedApiKeysRevokeResponses];

export type ProtectedProviderKeysListData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected/provider-keys';
};

export type ProtectedProviderKeysListResponses = {
    /**
     * Done.
     */
    200: ProviderKeys;
};

export type ProtectedProviderKeysListResponse = ProtectedProviderKeysListResponses[keyof ProtectedProviderKeysListResponses];

export type ProtectedProviderKeysDeleteData = {
    body?: never;
    path: {
        /**
         * Who runs language models.
         */
        provider: Provider;
    };
    query?: never;
    url: '/protected/provider-keys/{provider}';
};

export type ProtectedProviderKeysDeleteResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ProtectedProviderKeysDeleteResponse = ProtectedProviderKeysDeleteResponses[keyof ProtectedProviderKeysDeleteResponses];

export type ProtectedProviderKeysSetData = {
    body: ProviderKeySet;
    path: {
        /**
         * Who runs language models.
         */
        provider: Provider;
    };
    query?: never;
    url: '/protected/provider-keys/{provider}';
};

export type ProtectedProviderKeysSetResponses = {
    /**
     * Done.
     */
    200: ProviderKey;
};

export type ProtectedProviderKeysSetResponse = ProtectedProviderKeysSetResponses[keyof ProtectedProviderKeysSetResponses];

export type ProtectedExportDataData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected/export';
};

export type ProtectedExportDataResponses = {
    /**
     * Done.
     */
    200: Export;
};

export type ProtectedExportDataResponse = ProtectedExportDataResponses[keyof ProtectedExportDataResponses];

export type ProtectedUsageData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many days back, today among them.
         */
        days?: number;
    };
    url: '/protected/usage';
};

export type ProtectedUsageResponses = {
    /**
     * Done.
     */
    200: Usage;
};

export type ProtectedUsageResponse = ProtectedUsageResponses[keyof ProtectedUsageResponses];

export type ProtectedAdminClaimData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected/admin-claim';
};

export type ProtectedAdminClaimResponses = {
    /**
     * Done.
     */
    200: AdminClaim;
};

export type ProtectedAdminClaimResponse = ProtectedAdminClaimResponses[keyof ProtectedAdminClaimResponses];

export type ProtectedClaimAdminData = {
    body: ClaimAdmin;
    path?: never;
    query?: never;
    url: '/protected/admin-claim';
};

export type ProtectedClaimAdminResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ProtectedClaimAdminResponse = ProtectedClaimAdminResponses[keyof ProtectedClaimAdminResponses];

export type ProtectedDeleteAccountData = {
    body?: DeleteAccount;
    path?: never;
    query?: never;
    url: '/protected/delete-account';
};

export type ProtectedDeleteAccountResponses = {
    /**
     * Done; there is nothing to say about it.
     */
    204: void;
};

export type ProtectedDeleteAccountResponse = ProtectedDeleteAccountResponses[keyof ProtectedDeleteAccountResponses];

export type ProtectedAuditData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * How many items at most.
         */
        limit?: number;
        /**
         * nextCursor of the page before.
         */
        cursor?: string;
    };
    url: '/protected/audit';
};

export type ProtectedAuditResponses = {
    /**
     * Done.
     */
    200: AuditPage;
};

export type ProtectedAuditResponse = ProtectedAuditResponses[keyof ProtectedAuditResponses];
