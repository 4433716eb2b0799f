// Written by npm run sdk from src/sdk/openapi.json.

export type ClientOptions = {
    baseUrl: `${string}://${string}/api/v1` | (string & {});
};

/**
 * An account to create.
 */
export type UserCreate = {
    /**
     * The name that others see.
     */
    name: string;
    /**
     * An email address. It is not case-sensitive.
     */
    email: string;
    /**
     * 8 to 128 characters.
     */
    password: string;
    /**
     * The URL of an image, or null.
     */
    image?: string | null;
    role?: Role;
};

/**
 * The role of an account.
 */
export type Role = 'user' | 'admin';

/**
 * The whole profile. Missing fields are reset.
 */
export type UserReplace = {
    /**
     * The name that others see.
     */
    name: string;
    /**
     * An email address. It is not case-sensitive.
     */
    email: string;
    /**
     * The URL of an image, or null.
     */
    image?: string | null;
};

/**
 * Changes to a profile. Missing fields are not changed.
 */
export type UserUpdate = {
    /**
     * The name that others see.
     */
    name?: string;
    /**
     * An email address. It is not case-sensitive.
     */
    email?: string;
    /**
     * The URL of an image, or null.
     */
    image?: string | null;
};

/**
 * The role to set.
 */
export type UserSetRole = {
    role: Role;
};

/**
 * The quota to set.
 */
export type UserSetQuota = {
    /**
     * Model tokens per day (UTC); null for the default quota of the installation.
     */
    dailyTokens: number | null;
};

/**
 * The terms of a ban.
 */
export type UserBan = {
    /**
     * The reason, shown to other admins.
     */
    reason?: string;
    /**
     * When the ban ends. Without it, the ban is permanent.
     */
    expiresAt?: string;
};

/**
 * A chat to create.
 */
export type ChatCreate = {
    /**
     * The title of the chat.
     */
    title?: string;
    /**
     * A model id from chat.models; null for the default.
     */
    model?: string;
    /**
     * Instructions for the model; empty for none.
     */
    instructions?: string;
    /**
     * null for the default of the model.
     */
    temperature?: number | null;
    /**
     * Opaque.
     */
    projectId?: string;
    /**
     * Keep the chat out of lists, search and export, and delete it a day after its last message.
     */
    temporary?: boolean;
    /**
     * Your own id for the chat, such as that of useChat. A second create with it returns the same chat.
     */
    clientId?: string;
};

/**
 * Changes to a chat. Missing fields are not changed.
 */
export type ChatUpdate = {
    /**
     * The title of the chat.
     */
    title?: string;
    pinned?: boolean;
    archived?: boolean;
    model?: string | null;
    /**
     * Instructions for the model; empty for none.
     */
    instructions?: string;
    /**
     * null for the default of the model.
     */
    temperature?: number | null;
    /**
     * False keeps a temporary chat.
     */
    temporary?: boolean;
};

/**
 * The chats to delete.
 */
export type ChatDeleteMany = {
    ids: Array<string>;
};

/**
 * Your instructions for the model in all chats.
 */
export type Instructions = {
    /**
     * Instructions for the model; empty for none.
     */
    instructions: string;
};

/**
 * The project of a chat.
 */
export type ChatMove = {
    /**
     * The project; null for none.
     */
    projectId?: string | null;
};

/**
 * A question.
 */
export type ChatSend = {
    /**
     * A unique id of the operation. A repeated call with it returns the first result.
     */
    clientRequestId?: string;
    parts: Array<TextPart>;
    /**
     * Ids of uploaded files.
     */
    files?: Array<string>;
    shown?: Shown;
    /**
     * If the chat does not exist, create it with `chatId` as its `clientId`.
     */
    createChat?: boolean;
};

/**
 * A text part of a question.
 */
export type TextPart = {
    type: 'text';
    text: string;
};

/**
 * The messages that a client with its own list of messages shows.
 */
export type Shown = {
    /**
     * The client’s id of the question.
     */
    id: string;
    /**
     * The messages that the client shows before the question, oldest first: all or only the newest. The model receives these messages. Without it, the question follows the last message of the chat.
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
     * If the chat has the question in this place: `submit` returns the run that answers it. `edit` returns that run if the chat shows its answer last, and otherwise starts a new one. `regenerate` always starts a new one.
     */
    trigger?: 'submit' | 'edit' | 'regenerate';
};

/**
 * A question whose answer is waited for.
 */
export type ChatAsk = {
    /**
     * The chat to ask in. Default: a new one.
     */
    chatId?: string;
    /**
     * The question.
     */
    text: string;
    /**
     * A unique id that the client creates for each question. A repeated call with the same id waits for the same answer. Without `chatId`, it is unique in the account, and also finds the chat of the first call. Without an id, the question is asked again.
     */
    clientRequestId?: string;
    /**
     * How long to wait for the end of the answer, in seconds.
     */
    waitSeconds?: number;
};

/**
 * The answer to regenerate.
 */
export type ChatRegenerate = {
    /**
     * A unique id of the operation. A repeated call with it returns the first result.
     */
    clientRequestId?: string;
    /**
     * The answer to regenerate. Default: the last one.
     */
    messageId?: string;
    /**
     * The model of this answer only. Default: that of the chat.
     */
    model?: string;
};

/**
 * An answer to continue.
 */
export type ChatContinue = {
    /**
     * A unique id of the operation. A repeated call with it returns the first result.
     */
    clientRequestId?: string;
};

/**
 * An edited question.
 */
export type ChatEdit = {
    /**
     * A unique id of the operation. A repeated call with it returns the first result.
     */
    clientRequestId?: string;
    parts: Array<TextPart>;
    /**
     * Ids of uploaded files.
     */
    files?: Array<string>;
    /**
     * The question to edit.
     */
    messageId: string;
};

/**
 * The version of a message to show.
 */
export type ChatSelectBranch = {
    /**
     * The version to show, followed by the newest messages below it.
     */
    messageId: string;
};

/**
 * The messages to copy into a new chat.
 */
export type ChatFork = {
    /**
     * The last message to copy.
     */
    messageId: string;
    /**
     * Your own id for the chat, such as that of useChat. A second create with it returns the same chat.
     */
    clientId?: string;
};

/**
 * A project to create.
 */
export type ProjectCreate = {
    /**
     * The name of the project.
     */
    name: string;
    /**
     * Your instructions for the model in all chats of the project; empty for none.
     */
    instructions?: string;
};

/**
 * Changes to a project. Missing fields are not changed.
 */
export type ProjectUpdate = {
    /**
     * The name of the project.
     */
    name?: string;
    /**
     * Your instructions for the model in all chats of the project; empty for none.
     */
    instructions?: string;
};

/**
 * An API key to create.
 */
export type ApiKeyCreate = {
    /**
     * The name of the key.
     */
    name: string;
    scope: Scope;
    /**
     * Without it, the key does not expire.
     */
    expiresInDays?: number;
};

/**
 * The permissions of an API key. A `read` key cannot change data.
 */
export type Scope = 'read' | 'write';

/**
 * A model provider.
 */
export type Provider = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

/**
 * A key to store.
 */
export type ProviderKeySet = {
    /**
     * The key that the provider issued.
     */
    key: string;
};

/**
 * An account.
 */
export type User = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name that others see.
     */
    name: string;
    /**
     * The email address in lower case.
     */
    email: string;
    /**
     * The URL of an image.
     */
    image: string | null;
    role: Role;
    /**
     * True for a guest.
     */
    isGuest: boolean;
    /**
     * True if the account is banned.
     */
    banned: boolean;
    /**
     * Own quota of tokens per day; null for the default.
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
 * An error: problem details (RFC 9457).
 */
export type Problem = {
    /**
     * The URL of the page of the code, or `about:blank` if there is none.
     */
    type: string;
    /**
     * The meaning of the code; always the same for a code.
     */
    title: string;
    /**
     * The HTTP status.
     */
    status: number;
    /**
     * The explanation of this error.
     */
    detail: string;
    /**
     * The stable code of the error.
     */
    code: 'BAD_REQUEST' | 'INVALID_INPUT' | 'MALFORMED_JSON' | 'UNAUTHORIZED' | 'PAYMENT_REQUIRED' | 'FORBIDDEN' | 'CROSS_ORIGIN' | 'UNKNOWN_HOST' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' | 'NOT_ACCEPTABLE' | 'CONFLICT' | 'IDEMPOTENCY_KEY_IN_USE' | 'IDEMPOTENCY_KEY_REUSED' | 'STREAM_GONE' | 'PRECONDITION_FAILED' | 'PAYLOAD_TOO_LARGE' | 'URI_TOO_LONG' | 'UNSUPPORTED_MEDIA_TYPE' | 'PRECONDITION_REQUIRED' | 'TOO_MANY_REQUESTS' | 'CLIENT_CLOSED_REQUEST' | 'INTERNAL_SERVER_ERROR' | 'NOT_IMPLEMENTED' | 'BAD_GATEWAY' | 'SERVICE_UNAVAILABLE' | 'TIMEOUT' | 'WRONG_PASSWORD' | 'EMAIL_TAKEN' | 'LIMIT_REACHED' | 'RUN_ACTIVE' | 'REQUEST_ID_REUSED' | 'QUOTA_EXCEEDED' | 'MODEL_UNAUTHORIZED' | 'MODEL_REJECTED' | 'MODEL_BAD_RESPONSE' | 'CONTEXT_TOO_LONG' | 'ANSWER_TOO_LONG' | 'MODEL_RATE_LIMITED' | 'MODEL_UNAVAILABLE' | 'MAINTENANCE' | 'DATABASE_BUSY' | 'MODEL_TIMEOUT';
    /**
     * True if the same call may succeed later.
     */
    retryable: boolean;
    /**
     * The id of the request in the server’s log.
     */
    requestId: string;
    /**
     * The problems with the input. If there are too many, the last issue has the number of the others.
     */
    issues?: Array<Issue>;
    /**
     * The seconds to wait before a retry.
     */
    retryAfter?: number;
    /**
     * With STREAM_GONE: the message that has the whole answer.
     */
    messageId?: string;
    /**
     * With RUN_ACTIVE: the run that is in progress. chat.stop stops it.
     */
    runId?: string;
};

/**
 * A problem with the input.
 */
export type Issue = {
    /**
     * The place: a JSON Pointer (RFC 6901) into the input, or empty for the whole input.
     */
    pointer: string;
    /**
     * How to fix it.
     */
    message: string;
};

/**
 * `UNAUTHORIZED`: Authentication required.
 */
export type Problem401 = Problem & {
    status: 401;
    code: 'UNAUTHORIZED';
};

/**
 * `FORBIDDEN`: You are not allowed to do this. `CROSS_ORIGIN`: Requests from another origin are not accepted. `UNKNOWN_HOST`: This server does not know the host of the request.
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
 * `INTERNAL_SERVER_ERROR`: An internal error occurred.
 */
export type Problem500 = Problem & {
    status: 500;
    code: 'INTERNAL_SERVER_ERROR';
};

/**
 * `SERVICE_UNAVAILABLE`: The service is temporarily unavailable. `MODEL_RATE_LIMITED`: The model provider limits our request rate. `MODEL_UNAVAILABLE`: The model provider cannot be reached. `MAINTENANCE`: The server is in maintenance and rejects changes. `DATABASE_BUSY`: The database is busy.
 */
export type Problem503 = Problem & {
    status: 503;
    code: 'SERVICE_UNAVAILABLE' | 'MODEL_RATE_LIMITED' | 'MODEL_UNAVAILABLE' | 'MAINTENANCE' | 'DATABASE_BUSY';
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
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * `CONFLICT`: The request conflicts with the current state. `IDEMPOTENCY_KEY_IN_USE`: The first request with this Idempotency-Key is still in progress. `IDEMPOTENCY_KEY_REUSED`: This Idempotency-Key was used for another request. `EMAIL_TAKEN`: An account with this email exists. `LIMIT_REACHED`: The account has reached a limit. `RUN_ACTIVE`: An answer is already in progress in this chat. `REQUEST_ID_REUSED`: This request id was used with another body.
 */
export type Problem409 = Problem & {
    status: 409;
    code: 'CONFLICT' | 'IDEMPOTENCY_KEY_IN_USE' | 'IDEMPOTENCY_KEY_REUSED' | 'EMAIL_TAKEN' | 'LIMIT_REACHED' | 'RUN_ACTIVE' | 'REQUEST_ID_REUSED';
};

/**
 * `PRECONDITION_FAILED`: A precondition (If-Match or If-None-Match) failed.
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
 * `UNSUPPORTED_MEDIA_TYPE`: This content type is not supported.
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
 * A page of chats: pinned first, then by last activity.
 */
export type ChatPage = {
    items: Array<Chat>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A conversation.
 */
export type Chat = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * Empty until the first message is sent.
     */
    title: string;
    /**
     * The model of the answers; null for the default.
     */
    model: string | null;
    /**
     * Your instructions for the model in this chat.
     */
    instructions: string;
    temperature: number | null;
    /**
     * The project; null for none.
     */
    projectId: string | null;
    pinned: boolean;
    archived: boolean;
    temporary: boolean;
    createdAt: string;
    updatedAt: string;
    /**
     * The time of the last message.
     */
    activeAt: string;
    /**
     * The run that is writing an answer.
     */
    activeRunId: string | null;
};

/**
 * `BAD_GATEWAY`: Another server failed. `MODEL_UNAUTHORIZED`: The model provider rejected the API key. `MODEL_REJECTED`: The model provider rejected the request. `MODEL_BAD_RESPONSE`: The model provider sent an unreadable response. `CONTEXT_TOO_LONG`: The conversation is too long for the model. `ANSWER_TOO_LONG`: The answer was ended at a limit of this server.
 */
export type Problem502 = Problem & {
    status: 502;
    code: 'BAD_GATEWAY' | 'MODEL_UNAUTHORIZED' | 'MODEL_REJECTED' | 'MODEL_BAD_RESPONSE' | 'CONTEXT_TOO_LONG' | 'ANSWER_TOO_LONG';
};

/**
 * A page of search results: titles, then messages, newest first.
 */
export type HitPage = {
    items: Array<Hit>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A search result: a title or a message.
 */
export type Hit = {
    /**
     * Opaque.
     */
    chatId: string;
    chatTitle: string;
    /**
     * The name of the project of the chat; null for none.
     */
    projectName: string | null;
    /**
     * The id of the message; null if the title of the chat matches.
     */
    messageId: string | null;
    /**
     * The author of the message; null for a title.
     */
    role: 'user' | 'assistant' | null;
    /**
     * A part of the original text: of the title, or of the text parts of the message joined by line breaks.
     */
    snippet: string;
    /**
     * The offset of the snippet in the original text.
     */
    snippetStart: number;
    /**
     * The matches within the snippet, in order.
     */
    matches: Array<Match>;
    /**
     * When the message or the chat was created.
     */
    createdAt: string;
};

/**
 * The start and end of a match, in UTF-16 code units of the original text.
 */
export type Match = {
    start: number;
    end: number;
};

/**
 * The result of chat.deleteMany.
 */
export type ChatsDeleted = {
    /**
     * How many chats were deleted.
     */
    deleted: number;
};

/**
 * The summary of the earlier messages of a chat.
 */
export type Summary = {
    /**
     * `summarizing` if the time of the call is up. Call again to wait on.
     */
    status: 'summarizing' | 'complete';
    /**
     * The last message that the summary covers.
     */
    messageId: string | null;
    /**
     * The summary; null until it is complete.
     */
    summary: string | null;
};

/**
 * A page of messages, newest last. A page also ends at 1 MiB of content but has at least one message.
 */
export type MessagePage = {
    items: Array<Message>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A message of a chat.
 */
export type Message = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The id that the sending client uses for the message; null if it is the same as `id`.
     */
    clientId: string | null;
    role: 'user' | 'assistant';
    /**
     * `streaming` while a run writes the message. `stopped`, `failed` and `interrupted` messages keep the text so far.
     */
    status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
    parts: Array<MessagePart>;
    /**
     * The message that this one follows; null for the first message.
     */
    parentId: string | null;
    /**
     * All versions of this message including itself, oldest first. chat.selectBranch shows another one.
     */
    branchIds: Array<string>;
    /**
     * The model that wrote the message; null for a question.
     */
    model: string | null;
    /**
     * The error code of a failed message.
     */
    error: string | null;
    /**
     * The first message that the model received for this answer, because older ones did not fit into its context; null if it received all.
     */
    contextFromId: string | null;
    /**
     * A summary of the messages up to this one.
     */
    summary: string | null;
    /**
     * The time and tokens of an answer that has ended; null for other messages.
     */
    usage: MessageUsage | null;
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
 * The time and tokens of an answer. Unknown tokens are null.
 */
export type MessageUsage = {
    /**
     * The time that the answer took.
     */
    seconds: number;
    /**
     * The tokens that the model read.
     */
    inputTokens: number | null;
    /**
     * The tokens that the model wrote.
     */
    outputTokens: number | null;
};

/**
 * An answer in progress.
 */
export type Run = {
    /**
     * Opaque.
     */
    runId: string;
    /**
     * Opaque.
     */
    chatId: string;
    /**
     * The message that the run writes.
     */
    messageId: string;
};

/**
 * An answer, complete or in progress.
 */
export type AnswerState = {
    /**
     * Opaque.
     */
    runId: string;
    /**
     * Opaque.
     */
    chatId: string;
    /**
     * The message that the run writes.
     */
    messageId: string;
    /**
     * `streaming` while a run writes the message. `stopped`, `failed` and `interrupted` messages keep the text so far.
     */
    status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
    /**
     * The text of the answer, or what is written so far.
     */
    text: string;
    /**
     * The page of the chat: a URL, or a path if the server does not know its public origin.
     */
    url: string;
};

/**
 * A server-sent event of chat.stream.
 */
export type ChatStreamEvent = {
    /**
     * The position to resume from after a lost connection. Send it as `Last-Event-ID`.
     */
    id?: string;
    /**
     * May be omitted.
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
     * The id of the text block.
     */
    id: string;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'text-delta';
    /**
     * The id of the text block.
     */
    id: string;
    /**
     * The added text.
     */
    delta: string;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'text-end';
    /**
     * The id of the text block.
     */
    id: string;
    citations?: Array<{
        [key: string]: unknown;
    }>;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-start';
    /**
     * The id of the text block.
     */
    id: string;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-delta';
    /**
     * The id of the text block.
     */
    id: string;
    delta: string;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-end';
    /**
     * The id of the text block.
     */
    id: string;
    /**
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'file';
    /**
     * A URL, or the content as a data: URL.
     */
    url: string;
    mediaType: string;
    /**
     * Additional data of the provider.
     */
    providerMetadata?: {
        [key: string]: unknown;
    };
    [key: string]: unknown;
} | {
    type: 'reasoning-file';
    /**
     * A URL, or the content as a data: URL.
     */
    url: string;
    mediaType: string;
    /**
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * Additional data of the provider.
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
     * The provider, a dot and a name.
     */
    kind: string;
    /**
     * Additional data of the provider.
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
     * Why the model ended the answer.
     */
    finishReason?: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'interrupted' | 'other';
    messageMetadata?: unknown;
    [key: string]: unknown;
} | {
    type: 'abort';
    /**
     * `interrupted` if the server stopped; otherwise a user stopped the answer.
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
 * The result of chat.stop.
 */
export type Stopped = {
    /**
     * True if an answer was in progress.
     */
    stopped: boolean;
};

/**
 * The language models that you can choose.
 */
export type Models = {
    items: Array<Model>;
};

/**
 * A language model that you can choose.
 */
export type Model = {
    /**
     * The id to pass to chat.update and chat.create.
     */
    id: string;
    name: string;
    /**
     * The provider of the model.
     */
    provider: string;
    /**
     * True if there is a key for the model.
     */
    available: boolean;
    /**
     * True if your own key would be used.
     */
    ownKey: boolean;
    /**
     * The highest temperature; null if the model has none.
     */
    maxTemperature: number | null;
    isDefault: boolean;
};

/**
 * A chat with all its messages, also those of branches that it does not show.
 */
export type ChatExport = {
    exportedAt: string;
    /**
     * The project of the chat, if it is in one.
     */
    projects: Array<{
        /**
         * Opaque.
         */
        id: string;
        [key: string]: unknown;
    }>;
    /**
     * The stored rows, oldest first.
     */
    chats: Array<{
        /**
         * Opaque.
         */
        id: string;
        [key: string]: unknown;
    }>;
    /**
     * The stored rows by chat, oldest first.
     */
    messages: Array<{
        /**
         * Opaque.
         */
        id: string;
        [key: string]: unknown;
    }>;
};

/**
 * A part of a chat as Markdown, oldest message first.
 */
export type ChatMarkdown = {
    /**
     * The next part of the document. All parts together, without separators, are the document.
     */
    markdown: string;
    /**
     * The `cursor` of the next part; null for the last one.
     */
    nextCursor: string | null;
};

/**
 * A page of links to shared chats, last shared first.
 */
export type SharePage = {
    items: Array<Share>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A link that shows a chat to anyone, as it was when it was shared.
 */
export type Share = {
    /**
     * The id of the chat.
     */
    chatId: string;
    /**
     * The secret part of the link. Anyone who has it can read the shared chat.
     */
    token: string;
    /**
     * The path of the page for readers on this server.
     */
    path: string;
    /**
     * The title of the chat when it was shared.
     */
    title: string;
    /**
     * The number of shared messages.
     */
    messageCount: number;
    /**
     * True if the files of the messages are shared too.
     */
    includesFiles: boolean;
    /**
     * The number of shared files.
     */
    fileCount: number;
    /**
     * When the shared messages were chosen.
     */
    sharedAt: string;
};

/**
 * A page of a shared chat, oldest message first. A page also ends at 1 MiB of content, and leaves out messages without text and files.
 */
export type SharedChat = {
    items: Array<SharedMessage>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
    /**
     * The title of the chat when it was shared.
     */
    title: string;
    /**
     * When the shared messages were chosen.
     */
    sharedAt: string;
};

/**
 * A message of a shared chat: its text and its files.
 */
export type SharedMessage = {
    role: 'user' | 'assistant';
    /**
     * Markdown.
     */
    text: string;
    /**
     * The shared files of the message.
     */
    files: Array<SharedFile>;
    /**
     * The number of files of the message that are not shared.
     */
    hiddenFileCount: number;
    /**
     * False if the answer ended early.
     */
    complete: boolean;
};

/**
 * A file of a message of a shared chat.
 */
export type SharedFile = {
    filename: string;
    /**
     * The type of the content.
     */
    mediaType: string;
    /**
     * The path of the content. It needs no authentication, and is secret like the token in it.
     */
    url: string;
};

/**
 * An import of chats, which the server carries out in the background.
 */
export type Import = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The number of chats that are not imported yet. The import is complete when it is 0.
     */
    pending: number;
    /**
     * The number of chats that were imported.
     */
    imported: number;
    /**
     * The number of chats that the account already had.
     */
    skipped: number;
    /**
     * The number of chats that could not be imported.
     */
    failed: number;
    createdAt: string;
};

/**
 * A page of imports, newest first.
 */
export type ImportPage = {
    items: Array<Import>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A page of chats that could not be imported, in the order of the file.
 */
export type ImportFailurePage = {
    items: Array<ImportFailure>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A chat that could not be imported.
 */
export type ImportFailure = {
    /**
     * The place of the chat in the import, from 0, over all its parts.
     */
    position: number;
    /**
     * The title of the chat, if it has one.
     */
    title: string;
    reason: string;
};

/**
 * A page of projects, newest first.
 */
export type ProjectPage = {
    items: Array<ProjectItem>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A group of chats, without its instructions.
 */
export type ProjectItem = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name of the project.
     */
    name: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * A group of chats.
 */
export type Project = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name of the project.
     */
    name: string;
    /**
     * Your instructions for the model in all chats of the project.
     */
    instructions: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * A file that can be attached to messages.
 */
export type ChatFile = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name of the uploaded file, without folders, and with an extension of its type.
     */
    filename: string;
    /**
     * The type of the content: image/png, image/jpeg, image/gif, image/webp, application/pdf, or text/plain for any text in UTF-8.
     */
    mediaType: string;
    /**
     * The bytes of the stored file.
     */
    size: number;
    /**
     * The path of the content, for callers who may read the file.
     */
    url: string;
    createdAt: string;
};

/**
 * The account and the credential of the caller.
 */
export type Protected = {
    user: User;
    /**
     * null if the request was authenticated in another way.
     */
    session: Session | null;
    /**
     * null if the request was authenticated in another way.
     */
    apiKey: ApiKey | null;
};

/**
 * An active session of the account.
 */
export type Session = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * True for the current session.
     */
    current: boolean;
    /**
     * The IP address, if known.
     */
    ip: string | null;
    /**
     * The User-Agent header.
     */
    userAgent: string | null;
    /**
     * When the user signed in.
     */
    createdAt: string;
    expiresAt: string;
};

/**
 * An API key, without the key itself.
 */
export type ApiKey = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name chosen by its owner.
     */
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    scope: Scope;
    /**
     * null if the key does not expire.
     */
    expiresAt: string | null;
    /**
     * null if the key was never used.
     */
    lastUsedAt: string | null;
    createdAt: string;
};

/**
 * The active sessions of the account, newest first.
 */
export type Sessions = {
    items: Array<Session>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * The API keys of the account, oldest first.
 */
export type ApiKeys = {
    items: Array<ApiKey>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A new API key, with the key itself.
 */
export type ApiKeyCreated = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name chosen by its owner.
     */
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    scope: Scope;
    /**
     * null if the key does not expire.
     */
    expiresAt: string | null;
    /**
     * null if the key was never used.
     */
    lastUsedAt: string | null;
    createdAt: string;
    /**
     * The key itself. It is returned only once.
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
 * A key for a model provider. Only its last 4 characters are returned.
 */
export type ProviderKey = {
    provider: Provider;
    last4: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * The programs that you have connected, oldest first.
 */
export type ConnectedClients = {
    items: Array<ConnectedClient>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A program that may act for you over MCP.
 */
export type ConnectedClient = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The name that the client gives itself.
     */
    name: string;
    /**
     * The host whose control the client has proven, by its metadata document. null if its name is only a claim.
     */
    host: string | null;
    scopes: Array<OauthScope>;
    /**
     * null if it has not called anything yet.
     */
    lastUsedAt: string | null;
    /**
     * When you connected it.
     */
    createdAt: string;
};

/**
 * What a connected client may do. `write` includes `read`; `chat:read` is for one router only.
 */
export type OauthScope = 'read' | 'write' | 'chat:read' | 'chat:write' | 'protected:read' | 'protected:write' | 'users:read' | 'users:write';

/**
 * A program that asks a person for access.
 */
export type ClientRequest = {
    /**
     * The name that the program gives itself.
     */
    name: string;
    /**
     * The host whose control the program has proven. null if its name is only a claim.
     */
    host: string | null;
    /**
     * The host, or the scheme of an application, to which the access is sent.
     */
    redirectTo: string;
    /**
     * True if a program on the person’s own computer gets it.
     */
    isThisComputer: boolean;
    /**
     * What the program asks for.
     */
    scopes: Array<OauthScope>;
};

/**
 * The programs that you have registered, oldest first.
 */
export type RegisteredClients = {
    items: Array<RegisteredClient>;
    /**
     * The `cursor` of the next page; null on the last page.
     */
    nextCursor: string | null;
};

/**
 * A program that you have registered, so that it can be connected.
 */
export type RegisteredClient = {
    /**
     * The `client_id` of the program.
     */
    id: string;
    name: string;
    redirectUris: Array<string>;
    hasSecret: boolean;
    createdAt: string;
};

export type RegisteredClientCreated = {
    /**
     * The `client_id` of the program.
     */
    id: string;
    name: string;
    redirectUris: Array<string>;
    hasSecret: boolean;
    createdAt: string;
    /**
     * The `client_secret`. This is the only time it is returned.
     */
    secret: string | null;
};

/**
 * All data of an account, without secrets.
 */
export type Export = {
    exportedAt: string;
    user: User;
    sessions: Array<Session>;
    apiKeys: Array<ApiKey>;
    connectedClients: Array<ConnectedClient>;
    providerKeys: Array<ProviderKey>;
    signIns: Array<SignIn>;
    /**
     * The instructions for the model in all chats.
     */
    instructions: string;
    /**
     * All days with usage, oldest first.
     */
    usage: Array<UsageDay>;
    audit: Array<AuditEvent>;
    /**
     * The stored rows, oldest first.
     */
    projects: Array<{
        /**
         * Opaque.
         */
        id: string;
        [key: string]: unknown;
    }>;
    /**
     * The stored rows, oldest first.
     */
    chats: Array<{
        /**
         * Opaque.
         */
        id: string;
        [key: string]: unknown;
    }>;
    /**
     * The imports of chats, oldest first.
     */
    imports: Array<Import>;
    /**
     * The files of messages with their content, oldest first.
     */
    files: Array<{
        /**
         * Opaque.
         */
        id: string;
        content: string;
        [key: string]: unknown;
    }>;
    /**
     * The shared chats, without their links.
     */
    shares: Array<{
        /**
         * Opaque.
         */
        chatId: string;
        [key: string]: unknown;
    }>;
    /**
     * The stored rows by chat, oldest first.
     */
    messages: Array<{
        /**
         * Opaque.
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
     * The id of the account at that provider.
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
     * The number of answers started.
     */
    runs: number;
    inputTokens: number;
    outputTokens: number;
    /**
     * The part of the input tokens that was cached.
     */
    cachedTokens: number;
    /**
     * The part of the output tokens used for reasoning.
     */
    reasoningTokens: number;
    /**
     * The tokens of each model, the one with the most first.
     */
    models: Array<{
        model: string;
        inputTokens: number;
        outputTokens: number;
    }>;
};

/**
 * An action on the account.
 */
export type AuditEvent = {
    /**
     * Opaque.
     */
    id: string;
    /**
     * The action.
     */
    action: string;
    /**
     * The number of occurrences. Failed sign-ins from one IP address within one hour are one event.
     */
    count: number;
    /**
     * The id of the affected object, if there is one.
     */
    target: string | null;
    /**
     * The account that did it: this account or an admin. For `sign-in.fail`, the account that was tried.
     */
    actorId: string;
    /**
     * The credential (`oauth` for a connected program), or `command` for a command run on the server.
     */
    via: 'session' | 'api-key' | 'oauth' | 'sign-in' | 'command';
    /**
     * The name of the connected program, if one did it.
     */
    client: string | null;
    /**
     * The IP address, if known.
     */
    ip: string | null;
    /**
     * The User-Agent header.
     */
    userAgent: string | null;
    /**
     * The id of the request in the server’s log.
     */
    requestId: string | null;
    createdAt: string;
};

/**
 * Model tokens used per day, newest first. Days without use are left out.
 */
export type Usage = {
    items: Array<UsageDay>;
    /**
     * null if there is no limit.
     */
    quota: {
        dailyTokens: number;
        usedToday: number;
        /**
         * The tokens reserved for answers in progress.
         */
        reservedToday: number;
        resetsAt: string;
    } | null;
};

/**
 * Your instructions for the model in all chats.
 */
export type InstructionsOutput = {
    /**
     * Instructions for the model; empty for none.
     */
    instructions: string;
};

/**
 * Proof that you control the server.
 */
export type ClaimAdmin = {
    /**
     * The code printed on the server console.
     */
    code: string;
};

/**
 * Proof of your identity.
 */
export type DeleteAccount = {
    /**
     * The password of the account. Guests have none.
     */
    password?: string;
};

/**
 * Eligibility of the account to become the first admin.
 */
export type AdminClaim = {
    /**
     * True if there has been no admin yet and this account may become the first.
     */
    open: boolean;
};

/**
 * The state of the installation.
 */
export type System = {
    level: Level;
    checkedAt: string;
    findings: Array<Finding>;
    settings: Array<SettingInEffect>;
};

/**
 * `problem` if something does not work, `warning` if something should be changed, `ok` if nothing is to do.
 */
export type Level = 'ok' | 'warning' | 'problem';

/**
 * What a check of the installation has found.
 */
export type Finding = {
    /**
     * What was checked.
     */
    check: 'program' | 'database' | 'migrations' | 'connections' | 'maintenance' | 'clock' | 'disk' | 'secrets' | 'model' | 'files' | 'backup' | 'proxies';
    level: Level;
    /**
     * What was found.
     */
    code: 'programVersion' | 'databaseAnswers' | 'databaseNone' | 'databaseInUse' | 'databaseUnusable' | 'databaseUnreachable' | 'databaseSilent' | 'databaseFull' | 'databaseLogin' | 'databaseOld' | 'migrationsApplied' | 'migrationsPending' | 'migrationsNewer' | 'migrationsUnknown' | 'migrationsChanged' | 'maintenanceOff' | 'maintenanceOn' | 'maintenanceSet' | 'clockRight' | 'clockWrong' | 'diskFree' | 'diskLow' | 'diskUnusable' | 'connectionsLeft' | 'connectionsScarce' | 'secretKnown' | 'secretsNone' | 'secretsMissing' | 'secretsUnreadable' | 'secretDiffers' | 'secretLacksKey' | 'secretGenerated' | 'modelGuide' | 'modelAnswers' | 'modelWithoutKey' | 'modelWithoutUrl' | 'modelUnauthorized' | 'modelUnreachable' | 'modelSilent' | 'modelLimited' | 'modelRejected' | 'modelUnreadable' | 'filesInDatabase' | 'filesInS3' | 'filesUnreachable' | 'filesWithoutBucket' | 'backupRecent' | 'backupNone' | 'backupOld' | 'backupUnreachable' | 'backupOff' | 'backupElsewhere' | 'proxiesNone' | 'proxiesTrusted' | 'proxiesIgnored' | 'proxiesOtherPeer' | 'proxiesMissing' | 'proxiesFewer' | 'proxiesMore' | 'checkFailed' | 'checkSlow' | 'checkSkipped';
    /**
     * What was found and what to do, in English.
     */
    message: string;
    /**
     * The values in the message, for messages in other languages.
     */
    values: {
        [key: string]: string;
    };
};

/**
 * A setting of the server.
 */
export type SettingInEffect = {
    name: string;
    /**
     * null if it has none, or one that may be secret. Secrets are fingerprints, and URLs have no password.
     */
    value: string | null;
    /**
     * `file` for .env, `generated` for secrets of DATA_DIR, `default` if the setting is not set.
     */
    source: 'environment' | 'file' | 'generated' | 'default';
};

/**
 * Actions on the account, newest first.
 */
export type AuditPage = {
    items: Array<AuditEvent>;
    /**
     * The `cursor` of the next page; null on the last page.
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
     * OK.
     */
    200: User;
};

export type UsersMeResponse = UsersMeResponses[keyof UsersMeResponses];

export type UsersListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
        /**
         * The words to find, also inside other words. All must match. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can be empty but have a nextCursor.
         */
        search?: string;
    };
    url: '/users';
};

export type UsersListResponses = {
    /**
     * OK.
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
     * Created. See `Location`.
     */
    201: User;
};

export type UsersCreateResponse = UsersCreateResponses[keyof UsersCreateResponses];

export type UsersDeleteData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type UsersDeleteResponse = UsersDeleteResponses[keyof UsersDeleteResponses];

export type UsersGetData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersGetResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersGetResponse = UsersGetResponses[keyof UsersGetResponses];

export type UsersUpdateData = {
    body?: UserUpdate;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersUpdateResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersUpdateResponse = UsersUpdateResponses[keyof UsersUpdateResponses];

export type UsersReplaceData = {
    body: UserReplace;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}';
};

export type UsersReplaceResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersReplaceResponse = UsersReplaceResponses[keyof UsersReplaceResponses];

export type UsersSetRoleData = {
    body: UserSetRole;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/role';
};

export type UsersSetRoleResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersSetRoleResponse = UsersSetRoleResponses[keyof UsersSetRoleResponses];

export type UsersSetQuotaData = {
    body: UserSetQuota;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/quota';
};

export type UsersSetQuotaResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersSetQuotaResponse = UsersSetQuotaResponses[keyof UsersSetQuotaResponses];

export type UsersUnbanData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/ban';
};

export type UsersUnbanResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersUnbanResponse = UsersUnbanResponses[keyof UsersUnbanResponses];

export type UsersBanData = {
    body?: UserBan;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/users/{id}/ban';
};

export type UsersBanResponses = {
    /**
     * OK.
     */
    200: User;
};

export type UsersBanResponse = UsersBanResponses[keyof UsersBanResponses];

export type ChatListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
        /**
         * The words to find, also inside other words. All must match. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can be empty but have a nextCursor.
         */
        search?: string;
        /**
         * True to list the archived chats instead.
         */
        archived?: boolean;
        /**
         * Only chats of this project.
         */
        projectId?: string;
        /**
         * Only chats of no project.
         */
        withoutProject?: boolean;
    };
    url: '/chats';
};

export type ChatListResponses = {
    /**
     * OK.
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
     * Created. See `Location`.
     */
    201: Chat;
};

export type ChatCreateResponse = ChatCreateResponses[keyof ChatCreateResponses];

export type ChatSearchData = {
    body?: never;
    path?: never;
    query: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
        /**
         * The words to find, also inside other words. All must match. Use "quotes" for a phrase. Case and accents are ignored. A page also ends at a limit of examined text, so it can be empty but have a nextCursor.
         */
        search: string;
    };
    url: '/chats/search';
};

export type ChatSearchResponses = {
    /**
     * OK.
     */
    200: HitPage;
};

export type ChatSearchResponse = ChatSearchResponses[keyof ChatSearchResponses];

export type ChatDeleteData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ChatDeleteResponse = ChatDeleteResponses[keyof ChatDeleteResponses];

export type ChatGetData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatGetResponses = {
    /**
     * OK.
     */
    200: Chat;
};

export type ChatGetResponse = ChatGetResponses[keyof ChatGetResponses];

export type ChatUpdateData = {
    body?: ChatUpdate;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}';
};

export type ChatUpdateResponses = {
    /**
     * OK.
     */
    200: Chat;
};

export type ChatUpdateResponse = ChatUpdateResponses[keyof ChatUpdateResponses];

export type ChatDeleteManyData = {
    body: ChatDeleteMany;
    path?: never;
    query?: never;
    url: '/chats/delete';
};

export type ChatDeleteManyResponses = {
    /**
     * OK.
     */
    200: ChatsDeleted;
};

export type ChatDeleteManyResponse = ChatDeleteManyResponses[keyof ChatDeleteManyResponses];

export type ChatInstructionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/chats/instructions';
};

export type ChatInstructionsResponses = {
    /**
     * OK.
     */
    200: InstructionsOutput;
};

export type ChatInstructionsResponse = ChatInstructionsResponses[keyof ChatInstructionsResponses];

export type ChatSetInstructionsData = {
    body: Instructions;
    path?: never;
    query?: never;
    url: '/chats/instructions';
};

export type ChatSetInstructionsResponses = {
    /**
     * OK.
     */
    200: InstructionsOutput;
};

export type ChatSetInstructionsResponse = ChatSetInstructionsResponses[keyof ChatSetInstructionsResponses];

export type ChatSummarizeData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/summarize';
};

export type ChatSummarizeResponses = {
    /**
     * OK.
     */
    200: Summary;
};

export type ChatSummarizeResponse = ChatSummarizeResponses[keyof ChatSummarizeResponses];

export type ChatMoveData = {
    body?: ChatMove;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/project';
};

export type ChatMoveResponses = {
    /**
     * OK.
     */
    200: Chat;
};

export type ChatMoveResponse = ChatMoveResponses[keyof ChatMoveResponses];

export type ChatMessagesData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/chats/{chatId}/messages';
};

export type ChatMessagesResponses = {
    /**
     * OK.
     */
    200: MessagePage;
};

export type ChatMessagesResponse = ChatMessagesResponses[keyof ChatMessagesResponses];

export type ChatSendData = {
    body: ChatSend;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/messages';
};

export type ChatSendResponses = {
    /**
     * Accepted, still running.
     */
    202: Run;
};

export type ChatSendResponse = ChatSendResponses[keyof ChatSendResponses];

export type ChatAskData = {
    body: ChatAsk;
    path?: never;
    query?: never;
    url: '/answers';
};

export type ChatAskResponses = {
    /**
     * OK.
     */
    200: AnswerState;
};

export type ChatAskResponse = ChatAskResponses[keyof ChatAskResponses];

export type ChatAnswerData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        runId: string;
    };
    query?: {
        /**
         * How long to wait for the end of the answer, in seconds.
         */
        waitSeconds?: number;
    };
    url: '/answers/{runId}';
};

export type ChatAnswerResponses = {
    /**
     * OK.
     */
    200: AnswerState;
};

export type ChatAnswerResponse = ChatAnswerResponses[keyof ChatAnswerResponses];

export type ChatStreamData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: {
        /**
         * The run to follow. Default: the newest of the chat.
         */
        runId?: string;
        /**
         * The id of the last event received. Without it or with 0, the stream starts at the beginning.
         */
        lastEventId?: string;
    };
    url: '/chats/{chatId}/stream';
};

export type ChatStreamResponses = {
    /**
     * Server-sent events. The schema describes each event, with its `data` parsed as JSON. If the connection drops, reconnect with the last `id` as `Last-Event-ID` to resume. The stream ends with `event: done`, or with `event: error`, whose `data` is a problem document. If it ends without one of them, the connection was lost. Lines that start with a colon keep the connection open. A client that accepts `application/x-ndjson` gets each event as a line of JSON. The first line is then `{"event":"open"}`, and `{"event":"heartbeat"}` keeps the connection open.
     */
    200: ChatStreamEvent;
};

export type ChatStreamResponse = ChatStreamResponses[keyof ChatStreamResponses];

export type ChatStopData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/stop';
};

export type ChatStopResponses = {
    /**
     * Accepted, still running.
     */
    202: Stopped;
};

export type ChatStopResponse = ChatStopResponses[keyof ChatStopResponses];

export type ChatRegenerateData = {
    body?: ChatRegenerate;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/regenerate';
};

export type ChatRegenerateResponses = {
    /**
     * Accepted, still running.
     */
    202: Run;
};

export type ChatRegenerateResponse = ChatRegenerateResponses[keyof ChatRegenerateResponses];

export type ChatContinueData = {
    body?: ChatContinue;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/continue';
};

export type ChatContinueResponses = {
    /**
     * Accepted, still running.
     */
    202: Run;
};

export type ChatContinueResponse = ChatContinueResponses[keyof ChatContinueResponses];

export type ChatEditData = {
    body: ChatEdit;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/edit';
};

export type ChatEditResponses = {
    /**
     * Accepted, still running.
     */
    202: Run;
};

export type ChatEditResponse = ChatEditResponses[keyof ChatEditResponses];

export type ChatSelectBranchData = {
    body: ChatSelectBranch;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/branch';
};

export type ChatSelectBranchResponses = {
    /**
     * OK.
     */
    200: Chat;
};

export type ChatSelectBranchResponse = ChatSelectBranchResponses[keyof ChatSelectBranchResponses];

export type ChatForkData = {
    body: ChatFork;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/fork';
};

export type ChatForkResponses = {
    /**
     * Created. See `Location`.
     */
    201: Chat;
};

export type ChatForkResponse = ChatForkResponses[keyof ChatForkResponses];

export type ChatModelsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/models';
};

export type ChatModelsResponses = {
    /**
     * OK.
     */
    200: Models;
};

export type ChatModelsResponse = ChatModelsResponses[keyof ChatModelsResponses];

export type ChatExportData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/chats/{id}/export';
};

export type ChatExportResponses = {
    /**
     * OK.
     */
    200: ChatExport;
};

export type ChatExportResponse = ChatExportResponses[keyof ChatExportResponses];

export type ChatExportMarkdownData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/chats/{chatId}/markdown';
};

export type ChatExportMarkdownResponses = {
    /**
     * OK.
     */
    200: ChatMarkdown;
};

export type ChatExportMarkdownResponse = ChatExportMarkdownResponses[keyof ChatExportMarkdownResponses];

export type ChatSharesListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
        /**
         * The chat whose link to list. Default: all chats.
         */
        chatId?: string;
    };
    url: '/shares';
};

export type ChatSharesListResponses = {
    /**
     * OK.
     */
    200: SharePage;
};

export type ChatSharesListResponse = ChatSharesListResponses[keyof ChatSharesListResponses];

export type ChatSharesRevokeData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/share';
};

export type ChatSharesRevokeResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ChatSharesRevokeResponse = ChatSharesRevokeResponses[keyof ChatSharesRevokeResponses];

export type ChatSharesSetData = {
    body?: {
        /**
         * True to share the files of the messages too. Otherwise, readers only see how many files a message has.
         */
        includeFiles?: boolean;
    };
    path: {
        /**
         * Opaque.
         */
        chatId: string;
    };
    query?: never;
    url: '/chats/{chatId}/share';
};

export type ChatSharesSetResponses = {
    /**
     * OK.
     */
    200: Share;
};

export type ChatSharesSetResponse = ChatSharesSetResponses[keyof ChatSharesSetResponses];

export type ChatSharesGetData = {
    body?: never;
    path: {
        /**
         * The secret part of the link. Anyone who has it can read the shared chat.
         */
        token: string;
    };
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/shares/{token}';
};

export type ChatSharesGetResponses = {
    /**
     * OK.
     */
    200: SharedChat;
};

export type ChatSharesGetResponse = ChatSharesGetResponses[keyof ChatSharesGetResponses];

export type ChatImportsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/imports';
};

export type ChatImportsListResponses = {
    /**
     * OK.
     */
    200: ImportPage;
};

export type ChatImportsListResponse = ChatImportsListResponses[keyof ChatImportsListResponses];

export type ChatImportsCreateData = {
    body: {
        /**
         * JSON: the export of a chat or of an account, or the conversations.json of ChatGPT. A request may have 1 MiB, so send a larger file in parts: each part has the form of the file and some of its chats, with all their messages.
         */
        content: string;
    };
    path?: never;
    query?: never;
    url: '/imports';
};

export type ChatImportsCreateResponses = {
    /**
     * Accepted, still running.
     */
    202: Import;
};

export type ChatImportsCreateResponse = ChatImportsCreateResponses[keyof ChatImportsCreateResponses];

export type ChatImportsAddData = {
    body: {
        /**
         * JSON: the export of a chat or of an account, or the conversations.json of ChatGPT. A request may have 1 MiB, so send a larger file in parts: each part has the form of the file and some of its chats, with all their messages.
         */
        content: string;
    };
    path: {
        /**
         * The import to which the chats belong.
         */
        importId: string;
    };
    query?: never;
    url: '/imports/{importId}/parts';
};

export type ChatImportsAddResponses = {
    /**
     * Accepted, still running.
     */
    202: Import;
};

export type ChatImportsAddResponse = ChatImportsAddResponses[keyof ChatImportsAddResponses];

export type ChatImportsFailuresData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        importId: string;
    };
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/imports/{importId}/failures';
};

export type ChatImportsFailuresResponses = {
    /**
     * OK.
     */
    200: ImportFailurePage;
};

export type ChatImportsFailuresResponse = ChatImportsFailuresResponses[keyof ChatImportsFailuresResponses];

export type ChatProjectsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/projects';
};

export type ChatProjectsListResponses = {
    /**
     * OK.
     */
    200: ProjectPage;
};

export type ChatProjectsListResponse = ChatProjectsListResponses[keyof ChatProjectsListResponses];

export type ChatProjectsCreateData = {
    body: ProjectCreate;
    path?: never;
    query?: never;
    url: '/projects';
};

export type ChatProjectsCreateResponses = {
    /**
     * Created. See `Location`.
     */
    201: Project;
};

export type ChatProjectsCreateResponse = ChatProjectsCreateResponses[keyof ChatProjectsCreateResponses];

export type ChatProjectsDeleteData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/projects/{id}';
};

export type ChatProjectsDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ChatProjectsDeleteResponse = ChatProjectsDeleteResponses[keyof ChatProjectsDeleteResponses];

export type ChatProjectsGetData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/projects/{id}';
};

export type ChatProjectsGetResponses = {
    /**
     * OK.
     */
    200: Project;
};

export type ChatProjectsGetResponse = ChatProjectsGetResponses[keyof ChatProjectsGetResponses];

export type ChatProjectsUpdateData = {
    body?: ProjectUpdate;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/projects/{id}';
};

export type ChatProjectsUpdateResponses = {
    /**
     * OK.
     */
    200: Project;
};

export type ChatProjectsUpdateResponse = ChatProjectsUpdateResponses[keyof ChatProjectsUpdateResponses];

export type ChatFilesCreateData = {
    body: {
        /**
         * The file. Its content decides about its type.
         */
        file: Blob | File;
    };
    path?: never;
    query?: never;
    url: '/files';
};

export type ChatFilesCreateResponses = {
    /**
     * Created. See `Location`.
     */
    201: ChatFile;
};

export type ChatFilesCreateResponse = ChatFilesCreateResponses[keyof ChatFilesCreateResponses];

export type ChatFilesDeleteData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        fileId: string;
    };
    query?: never;
    url: '/files/{fileId}';
};

export type ChatFilesDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ChatFilesDeleteResponse = ChatFilesDeleteResponses[keyof ChatFilesDeleteResponses];

export type ChatFilesGetData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        fileId: string;
    };
    query?: never;
    url: '/files/{fileId}';
};

export type ChatFilesGetResponses = {
    /**
     * OK.
     */
    200: ChatFile;
};

export type ChatFilesGetResponse = ChatFilesGetResponses[keyof ChatFilesGetResponses];

export type ProtectedGetData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected';
};

export type ProtectedGetResponses = {
    /**
     * OK.
     */
    200: Protected;
};

export type ProtectedGetResponse = ProtectedGetResponses[keyof ProtectedGetResponses];

export type ProtectedSessionsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/protected/sessions';
};

export type ProtectedSessionsListResponses = {
    /**
     * OK.
     */
    200: Sessions;
};

export type ProtectedSessionsListResponse = ProtectedSessionsListResponses[keyof ProtectedSessionsListResponses];

export type ProtectedSessionsRevokeData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/protected/sessions/{id}';
};

export type ProtectedSessionsRevokeResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ProtectedSessionsRevokeResponse = ProtectedSessionsRevokeResponses[keyof ProtectedSessionsRevokeResponses];

export type ProtectedApiKeysListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/protected/api-keys';
};

export type ProtectedApiKeysListResponses = {
    /**
     * OK.
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
     * Created. See `Location`.
     */
    201: ApiKeyCreated;
};

export type ProtectedApiKeysCreateResponse = ProtectedApiKeysCreateResponses[keyof ProtectedApiKeysCreateResponses];

export type ProtectedApiKeysRevokeData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/protected/api-keys/{id}';
};

export type ProtectedApiKeysRevokeResponses = {
    /**
     * OK, without a body.
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
     * OK.
     */
    200: ProviderKeys;
};

export type ProtectedProviderKeysListResponse = ProtectedProviderKeysListResponses[keyof ProtectedProviderKeysListResponses];

export type ProtectedProviderKeysDeleteData = {
    body?: never;
    path: {
        /**
         * A model provider.
         */
        provider: Provider;
    };
    query?: never;
    url: '/protected/provider-keys/{provider}';
};

export type ProtectedProviderKeysDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ProtectedProviderKeysDeleteResponse = ProtectedProviderKeysDeleteResponses[keyof ProtectedProviderKeysDeleteResponses];

export type ProtectedProviderKeysSetData = {
    body: ProviderKeySet;
    path: {
        /**
         * A model provider.
         */
        provider: Provider;
    };
    query?: never;
    url: '/protected/provider-keys/{provider}';
};

export type ProtectedProviderKeysSetResponses = {
    /**
     * OK.
     */
    200: ProviderKey;
};

export type ProtectedProviderKeysSetResponse = ProtectedProviderKeysSetResponses[keyof ProtectedProviderKeysSetResponses];

export type ProtectedClientsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/protected/clients';
};

export type ProtectedClientsListResponses = {
    /**
     * OK.
     */
    200: ConnectedClients;
};

export type ProtectedClientsListResponse = ProtectedClientsListResponses[keyof ProtectedClientsListResponses];

export type ProtectedClientsDisconnectData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/protected/clients/{id}';
};

export type ProtectedClientsDisconnectResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ProtectedClientsDisconnectResponse = ProtectedClientsDisconnectResponses[keyof ProtectedClientsDisconnectResponses];

export type ProtectedClientsRequestData = {
    body?: never;
    path?: never;
    query: {
        /**
         * The query of the page that the program has opened.
         */
        query: string;
    };
    url: '/protected/client-request';
};

export type ProtectedClientsRequestResponses = {
    /**
     * OK.
     */
    200: ClientRequest;
};

export type ProtectedClientsRequestResponse = ProtectedClientsRequestResponses[keyof ProtectedClientsRequestResponses];

export type ProtectedRegisteredClientsListData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/protected/registered-clients';
};

export type ProtectedRegisteredClientsListResponses = {
    /**
     * OK.
     */
    200: RegisteredClients;
};

export type ProtectedRegisteredClientsListResponse = ProtectedRegisteredClientsListResponses[keyof ProtectedRegisteredClientsListResponses];

export type ProtectedRegisteredClientsCreateData = {
    body: {
        /**
         * The name that the page of consents shows.
         */
        name: string;
        redirectUris: Array<string>;
        /**
         * True for a program that can keep a secret, because it runs on a server. Others use only PKCE, which all must use.
         */
        hasSecret?: boolean;
    };
    path?: never;
    query?: never;
    url: '/protected/registered-clients';
};

export type ProtectedRegisteredClientsCreateResponses = {
    /**
     * Created. See `Location`.
     */
    201: RegisteredClientCreated;
};

export type ProtectedRegisteredClientsCreateResponse = ProtectedRegisteredClientsCreateResponses[keyof ProtectedRegisteredClientsCreateResponses];

export type ProtectedRegisteredClientsDeleteData = {
    body?: never;
    path: {
        /**
         * Opaque.
         */
        id: string;
    };
    query?: never;
    url: '/protected/registered-clients/{id}';
};

export type ProtectedRegisteredClientsDeleteResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ProtectedRegisteredClientsDeleteResponse = ProtectedRegisteredClientsDeleteResponses[keyof ProtectedRegisteredClientsDeleteResponses];

export type ProtectedExportDataData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected/export';
};

export type ProtectedExportDataResponses = {
    /**
     * OK.
     */
    200: Export;
};

export type ProtectedExportDataResponse = ProtectedExportDataResponses[keyof ProtectedExportDataResponses];

export type ProtectedUsageData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The number of days, including today.
         */
        days?: number;
    };
    url: '/protected/usage';
};

export type ProtectedUsageResponses = {
    /**
     * OK.
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
     * OK.
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
     * OK, without a body.
     */
    204: void;
};

export type ProtectedClaimAdminResponse = ProtectedClaimAdminResponses[keyof ProtectedClaimAdminResponses];

export type ProtectedSystemData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/protected/system';
};

export type ProtectedSystemResponses = {
    /**
     * OK.
     */
    200: System;
};

export type ProtectedSystemResponse = ProtectedSystemResponses[keyof ProtectedSystemResponses];

export type ProtectedDeleteAccountData = {
    body?: DeleteAccount;
    path?: never;
    query?: never;
    url: '/protected/delete-account';
};

export type ProtectedDeleteAccountResponses = {
    /**
     * OK, without a body.
     */
    204: void;
};

export type ProtectedDeleteAccountResponse = ProtectedDeleteAccountResponses[keyof ProtectedDeleteAccountResponses];

export type ProtectedAuditData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The maximum number of items.
         */
        limit?: number;
        /**
         * The `nextCursor` of the previous page.
         */
        cursor?: string;
    };
    url: '/protected/audit';
};

export type ProtectedAuditResponses = {
    /**
     * OK.
     */
    200: AuditPage;
};

export type ProtectedAuditResponse = ProtectedAuditResponses[keyof ProtectedAuditResponses];
