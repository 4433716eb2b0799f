// Written by npm run sdk, with @hey-api/openapi-ts.

export type ClientOptions = {
    baseUrl: `${string}://${string}/api/v1` | (string & {});
};

/**
 * An account.
 */
export type User = {
    /**
     * An opaque id.
     */
    id: string;
    name: string;
    email: string;
    image: string | null;
    /**
     * What the account may do.
     */
    role: 'user' | 'admin';
    isGuest: boolean;
    banned: boolean;
    /**
     * A quota of their own of model tokens a day, or null.
     */
    dailyTokens: number | null;
    createdAt: string;
    updatedAt: string;
};

export type Problem = {
    type: 'about:blank';
    title: string;
    status: number;
    detail: string;
    code: 'BAD_REQUEST' | 'INVALID_INPUT' | 'MALFORMED_JSON' | 'WRONG_PASSWORD' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'CROSS_ORIGIN' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' | 'NOT_ACCEPTABLE' | 'CONFLICT' | 'EMAIL_TAKEN' | 'RUN_ACTIVE' | 'REQUEST_ID_REUSED' | 'PAYLOAD_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE' | 'TOO_MANY_REQUESTS' | 'QUOTA_EXCEEDED' | 'CLIENT_CLOSED_REQUEST' | 'INTERNAL_SERVER_ERROR' | 'MODEL_UNAUTHORIZED' | 'MODEL_REJECTED' | 'MODEL_BAD_RESPONSE' | 'MODEL_RATE_LIMITED' | 'MODEL_UNAVAILABLE' | 'SERVICE_UNAVAILABLE' | 'TIMEOUT' | 'MODEL_TIMEOUT';
    retryable: boolean;
    requestId: string;
    issues?: Array<{
        pointer: string;
        message: string;
    }>;
    retryAfter?: number;
    runId?: string;
};

export type UserPage = {
    items: Array<User>;
    nextCursor: string | null;
};

export type ChatPage = {
    items: Array<Chat>;
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
     * The run that is writing an answer right now.
     */
    activeRunId: string | null;
};

/**
 * Messages, newest last.
 */
export type MessagePage = {
    items: Array<Message>;
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
    role: 'user' | 'assistant';
    /**
     * streaming while a run writes it; stopped, failed and interrupted keep what was written.
     */
    status: 'streaming' | 'complete' | 'stopped' | 'failed' | 'interrupted';
    parts: Array<MessagePart>;
    parentId: string | null;
    /**
     * The versions of this message, itself among them, oldest first; chat.selectBranch shows another one.
     */
    branchIds: Array<string>;
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
     * The message the run writes.
     */
    messageId: string;
};

export type Stopped = {
    /**
     * Whether an answer was being written.
     */
    stopped: boolean;
};

export type Models = {
    items: Array<Model>;
};

/**
 * A language model that may answer.
 */
export type Model = {
    id: string;
    name: string;
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
    ip: string | null;
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
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    /**
     * read may call queries only.
     */
    scope: 'read' | 'write';
    expiresAt: string | null;
    lastUsedAt: string | null;
    createdAt: string;
};

export type Sessions = {
    items: Array<Session>;
};

export type ApiKeys = {
    items: Array<ApiKey>;
};

export type ApiKeyCreated = {
    /**
     * An opaque id.
     */
    id: string;
    name: string;
    /**
     * The first characters of the key.
     */
    start: string;
    /**
     * read may call queries only.
     */
    scope: 'read' | 'write';
    expiresAt: string | null;
    lastUsedAt: string | null;
    createdAt: string;
    /**
     * The key itself: shown this once.
     */
    key: string;
};

export type ProviderKeys = {
    items: Array<ProviderKey>;
};

/**
 * A key for a model provider; only its last 4 characters are told.
 */
export type ProviderKey = {
    provider: 'openai' | 'anthropic' | 'google' | 'openai-compatible';
    last4: string;
    createdAt: string;
    updatedAt: string;
};

/**
 * Model tokens used, by day, newest first; days without use are left out.
 */
export type Usage = {
    items: Array<{
        /**
         * A day in UTC.
         */
        day: string;
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
    }>;
    /**
     * null when tokens are not limited.
     */
    quota: {
        dailyTokens: number;
        usedToday: number;
        resetsAt: string;
    } | null;
};

/**
 * Newest first.
 */
export type AuditPage = {
    items: Array<AuditEvent>;
    nextCursor: string | null;
};

/**
 * Something done to the account.
 */
export type AuditEvent = {
    /**
     * An opaque id.
     */
    id: string;
    action: string;
    target: string | null;
    /**
     * An opaque id.
     */
    actorId: string;
    via: 'session' | 'api-key' | 'sign-in';
    ip: string | null;
    userAgent: string | null;
    requestId: string | null;
    createdAt: string;
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
         * Words that must all be found; each may be a beginning.
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
    body: {
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
        /**
         * What the account may do.
         */
        role?: 'user' | 'admin';
    };
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
    body?: {
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
    body: {
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
    body: {
        /**
         * What the account may do.
         */
        role: 'user' | 'admin';
    };
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
    body: {
        /**
         * Model tokens a day (UTC); null goes back to the installation’s quota.
         */
        dailyTokens: number | null;
    };
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
    body?: {
        reason?: string;
        /**
         * When the ban ends by itself; never when left out.
         */
        expiresAt?: string;
    };
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
         * Words that must all be found; each may be a beginning.
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
    body?: {
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
    body?: {
        /**
         * What the chat is called.
         */
        title?: string;
        pinned?: boolean;
        archived?: boolean;
        model?: string | null;
    };
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
    body: {
        /**
         * Made by the client, one for each thing it wants done; a replay has the first result.
         */
        clientRequestId: string;
        parts: Array<{
            type: 'text';
            text: string;
        }>;
    };
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
     * Server-sent events. `data` is JSON; `id`, where given, is what to send as `Last-Event-ID` to go on after a cut connection. The stream ends with `event: done`, or with `event: error` whose `data` is a problem document.
     */
    200: string;
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
    body?: {
        /**
         * Made by the client, one for each thing it wants done; a replay has the first result.
         */
        clientRequestId?: string;
        /**
         * The answer to write anew; the last one when left out.
         */
        messageId?: string;
    };
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
    body?: {
        /**
         * Made by the client, one for each thing it wants done; a replay has the first result.
         */
        clientRequestId?: string;
    };
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
    body: {
        /**
         * Made by the client, one for each thing it wants done; a replay has the first result.
         */
        clientRequestId: string;
        parts: Array<{
            type: 'text';
            text: string;
        }>;
        /**
         * The question to say anew.
         */
        messageId: string;
    };
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
    body: {
        /**
         * The version to show, with the newest of what followed it.
         */
        messageId: string;
    };
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
    query?: never;
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
    query?: never;
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
    body: {
        name: string;
        /**
         * read may call queries only.
         */
        scope: 'read' | 'write';
        /**
         * Never when left out.
         */
        expiresInDays?: number;
    };
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
        provider: 'openai' | 'anthropic' | 'google' | 'openai-compatible';
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
    body: {
        key: string;
    };
    path: {
        provider: 'openai' | 'anthropic' | 'google' | 'openai-compatible';
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
    200: unknown;
};

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

export type ProtectedDeleteAccountData = {
    body?: {
        /**
         * The account’s password; a guest has none.
         */
        password?: string;
    };
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
