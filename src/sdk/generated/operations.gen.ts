// Written by npm run sdk from src/sdk/openapi.json.

import { type Core, type EventData, type ServerEvent } from './core.ts';
import { type Input, path } from './input.ts';
import { Resource } from './resource.ts';
import { type CallOptions } from './options.ts';
import { type Pages } from './pages.ts';
import type * as Types from './types.gen.ts';

/** The path of the API below the server's URL. */
export const API_PATH = '/api/v1';

/**
 * Accounts: your own and, for admins, all others.
 */
export class UsersApi extends Resource {
  /**
   * Get your account.
   *
   * `GET /users/me`
   */
  me(options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'GET', path: '/users/me' }, options);
  }

  /**
   * List and search accounts, newest first.
   *
   * Only for admins.
   *
   * `GET /users`
   */
  list(input: Input<Types.UsersListData> = {}, options?: CallOptions): Pages<Types.User> {
    return this._core.pages({ method: 'GET', path: '/users', input }, options);
  }

  /**
   * Create an account.
   *
   * Only for admins.
   *
   * `POST /users`
   */
  create(input: Input<Types.UsersCreateData>, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'POST', path: '/users', input }, options);
  }

  /**
   * Get an account.
   *
   * `GET /users/{id}`
   */
  get(id: Types.UsersGetData['path']['id'], options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'GET', path: path`/users/${id}` }, options);
  }

  /**
   * Replace a profile.
   *
   * `PUT /users/{id}`
   */
  replace(id: Types.UsersReplaceData['path']['id'], input: Input<Types.UsersReplaceData>, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'PUT', path: path`/users/${id}`, input }, options);
  }

  /**
   * Update a profile.
   *
   * `PATCH /users/{id}`
   */
  update(id: Types.UsersUpdateData['path']['id'], input: Input<Types.UsersUpdateData> = {}, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'PATCH', path: path`/users/${id}`, input }, options);
  }

  /**
   * Delete an account and its data.
   *
   * Only for admins.
   *
   * `DELETE /users/{id}`
   */
  delete(id: Types.UsersDeleteData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/users/${id}` }, options);
  }

  /**
   * Set the role of an account.
   *
   * Only for admins.
   *
   * `PUT /users/{id}/role`
   */
  setRole(id: Types.UsersSetRoleData['path']['id'], input: Input<Types.UsersSetRoleData>, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'PUT', path: path`/users/${id}/role`, input }, options);
  }

  /**
   * Set the token quota of an account.
   *
   * Only for admins.
   *
   * `PUT /users/{id}/quota`
   */
  setQuota(id: Types.UsersSetQuotaData['path']['id'], input: Input<Types.UsersSetQuotaData>, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'PUT', path: path`/users/${id}/quota`, input }, options);
  }

  /**
   * Ban an account.
   *
   * Only for admins.
   *
   * `PUT /users/{id}/ban`
   */
  ban(id: Types.UsersBanData['path']['id'], input: Input<Types.UsersBanData> = {}, options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'PUT', path: path`/users/${id}/ban`, input }, options);
  }

  /**
   * Unban an account.
   *
   * Only for admins.
   *
   * `DELETE /users/{id}/ban`
   */
  unban(id: Types.UsersUnbanData['path']['id'], options?: CallOptions): Promise<Types.User> {
    return this._core.call({ method: 'DELETE', path: path`/users/${id}/ban` }, options);
  }
}

export class ChatsSharesApi extends Resource {
  /**
   * List links to your shared chats.
   *
   * `GET /shares`
   */
  list(input: Input<Types.ChatSharesListData> = {}, options?: CallOptions): Pages<Types.Share> {
    return this._core.pages({ method: 'GET', path: '/shares', input }, options);
  }

  /**
   * Share a chat by a link, or update what the link shows.
   *
   * Anyone who has the link can read the title and the texts of the branch that the chat shows now: up to its newest 10,000 messages, without reasoning, tool calls and the name of the account. Files of the messages are shared only with `includeFiles`. Later messages are not shared until you call this again, which keeps the link, and decides again about the files. Guests cannot share, and temporary chats cannot be shared.
   *
   * `PUT /chats/{chatId}/share`
   */
  set(chatId: Types.ChatSharesSetData['path']['chatId'], input: Input<Types.ChatSharesSetData> = {}, options?: CallOptions): Promise<Types.Share> {
    return this._core.call({ method: 'PUT', path: path`/chats/${chatId}/share`, input }, options);
  }

  /**
   * Stop sharing a chat.
   *
   * The link stops working immediately and permanently. Sharing the chat again creates another link.
   *
   * `DELETE /chats/{chatId}/share`
   */
  revoke(chatId: Types.ChatSharesRevokeData['path']['chatId'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/chats/${chatId}/share` }, options);
  }

  /**
   * Read a shared chat.
   *
   * Needs no authentication. Anyone who has the link can read the chat, and the files that it includes at their `url`.
   *
   * `GET /shares/{token}`
   */
  get(token: Types.ChatSharesGetData['path']['token'], input: Input<Types.ChatSharesGetData> = {}, options?: CallOptions): Pages<Types.SharedMessage> {
    return this._core.pages({ method: 'GET', path: path`/shares/${token}`, input }, options);
  }
}

export class ChatsImportsApi extends Resource {
  /**
   * List your imports and their progress.
   *
   * Imports are listed for 30 days.
   *
   * `GET /imports`
   */
  list(input: Input<Types.ChatImportsListData> = {}, options?: CallOptions): Pages<Types.Import> {
    return this._core.pages({ method: 'GET', path: '/imports', input }, options);
  }

  /**
   * Import chats.
   *
   * The server imports the chats in the background, also if the client disconnects or the server restarts. All branches are kept, but of messages only their text. A chat that the account already has is skipped, so the same file can be imported again. An account has one import at a time.
   *
   * `POST /imports`
   */
  create(input: Input<Types.ChatImportsCreateData>, options?: CallOptions): Promise<Types.Import> {
    return this._core.call({ method: 'POST', path: '/imports', input }, options);
  }

  /**
   * Add another part of the file to an import.
   *
   * If more than 16 MiB of an import are pending, the error is TOO_MANY_REQUESTS. Send the part again after the time of Retry-After.
   *
   * `POST /imports/{importId}/parts`
   */
  add(importId: Types.ChatImportsAddData['path']['importId'], input: Input<Types.ChatImportsAddData>, options?: CallOptions): Promise<Types.Import> {
    return this._core.call({ method: 'POST', path: path`/imports/${importId}/parts`, input }, options);
  }

  /**
   * List the chats that an import could not import.
   *
   * `GET /imports/{importId}/failures`
   */
  failures(importId: Types.ChatImportsFailuresData['path']['importId'], input: Input<Types.ChatImportsFailuresData> = {}, options?: CallOptions): Pages<Types.ImportFailure> {
    return this._core.pages({ method: 'GET', path: path`/imports/${importId}/failures`, input }, options);
  }
}

export class ChatsProjectsApi extends Resource {
  /**
   * List your projects.
   *
   * `GET /projects`
   */
  list(input: Input<Types.ChatProjectsListData> = {}, options?: CallOptions): Pages<Types.ProjectItem> {
    return this._core.pages({ method: 'GET', path: '/projects', input }, options);
  }

  /**
   * Create a project.
   *
   * `POST /projects`
   */
  create(input: Input<Types.ChatProjectsCreateData>, options?: CallOptions): Promise<Types.Project> {
    return this._core.call({ method: 'POST', path: '/projects', input }, options);
  }

  /**
   * Get a project.
   *
   * `GET /projects/{id}`
   */
  get(id: Types.ChatProjectsGetData['path']['id'], options?: CallOptions): Promise<Types.Project> {
    return this._core.call({ method: 'GET', path: path`/projects/${id}` }, options);
  }

  /**
   * Update a project: name, instructions.
   *
   * Instructions apply from the next answer on.
   *
   * `PATCH /projects/{id}`
   */
  update(id: Types.ChatProjectsUpdateData['path']['id'], input: Input<Types.ChatProjectsUpdateData> = {}, options?: CallOptions): Promise<Types.Project> {
    return this._core.call({ method: 'PATCH', path: path`/projects/${id}`, input }, options);
  }

  /**
   * Delete a project, but not its chats.
   *
   * Its chats stay, in no project.
   *
   * `DELETE /projects/{id}`
   */
  delete(id: Types.ChatProjectsDeleteData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/projects/${id}` }, options);
  }
}

export class ChatsFilesApi extends Resource {
  /**
   * Upload a file for a message.
   *
   * Accepted are PNG, JPEG, GIF and WebP images, PDF, and text in UTF-8. Metadata of images, such as the place, is removed. Send the id with chat.send within a day; otherwise the file is deleted. A sent file is deleted with the last chat that refers to it.
   *
   * `POST /files`
   */
  create(input: Input<Types.ChatFilesCreateData>, options?: CallOptions): Promise<Types.ChatFile> {
    return this._core.call({ method: 'POST', path: '/files', input, form: true }, options);
  }

  /**
   * Get the name, type and size of a file.
   *
   * The content is at its `url`.
   *
   * `GET /files/{fileId}`
   */
  get(fileId: Types.ChatFilesGetData['path']['fileId'], options?: CallOptions): Promise<Types.ChatFile> {
    return this._core.call({ method: 'GET', path: path`/files/${fileId}` }, options);
  }

  /**
   * Delete a file that was not sent.
   *
   * A file that a message refers to stays until its chat is deleted.
   *
   * `DELETE /files/{fileId}`
   */
  delete(fileId: Types.ChatFilesDeleteData['path']['fileId'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/files/${fileId}` }, options);
  }
}

/**
 * Chats and the answers in them.
 */
export class ChatsApi extends Resource {
  readonly shares: ChatsSharesApi;
  readonly imports: ChatsImportsApi;
  readonly projects: ChatsProjectsApi;
  readonly files: ChatsFilesApi;

  constructor(core: Core) {
    super(core);
    this.shares = new ChatsSharesApi(core);
    this.imports = new ChatsImportsApi(core);
    this.projects = new ChatsProjectsApi(core);
    this.files = new ChatsFilesApi(core);
  }

  /**
   * List and search your chats.
   *
   * `GET /chats`
   */
  list(input: Input<Types.ChatListData> = {}, options?: CallOptions): Pages<Types.Chat> {
    return this._core.pages({ method: 'GET', path: '/chats', input }, options);
  }

  /**
   * Create a chat.
   *
   * `POST /chats`
   */
  create(input: Input<Types.ChatCreateData> = {}, options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'POST', path: '/chats', input }, options);
  }

  /**
   * Search your chat titles and messages.
   *
   * Results are titles, then messages, both newest first. Continue until nextCursor is null.
   *
   * `GET /chats/search`
   */
  search(input: Input<Types.ChatSearchData>, options?: CallOptions): Pages<Types.Hit> {
    return this._core.pages({ method: 'GET', path: '/chats/search', input }, options);
  }

  /**
   * Get a chat.
   *
   * `GET /chats/{id}`
   */
  get(id: Types.ChatGetData['path']['id'], options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'GET', path: path`/chats/${id}` }, options);
  }

  /**
   * Update a chat: title, pin, archive, model, instructions, keep.
   *
   * `PATCH /chats/{id}`
   */
  update(id: Types.ChatUpdateData['path']['id'], input: Input<Types.ChatUpdateData> = {}, options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'PATCH', path: path`/chats/${id}`, input }, options);
  }

  /**
   * Delete a chat and its messages.
   *
   * `DELETE /chats/{id}`
   */
  delete(id: Types.ChatDeleteData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/chats/${id}` }, options);
  }

  /**
   * Delete several chats and their messages.
   *
   * All in one transaction. Ids that name no chat of yours are ignored.
   *
   * `POST /chats/delete`
   */
  deleteMany(input: Input<Types.ChatDeleteManyData>, options?: CallOptions): Promise<Types.ChatsDeleted> {
    return this._core.call({ method: 'POST', path: '/chats/delete', input }, options);
  }

  /**
   * Get your instructions for all chats.
   *
   * Each model receives them as a system message. A chat can have further instructions.
   *
   * `GET /chats/instructions`
   */
  instructions(options?: CallOptions): Promise<Types.InstructionsOutput> {
    return this._core.call({ method: 'GET', path: '/chats/instructions' }, options);
  }

  /**
   * Set your instructions for all chats.
   *
   * They apply from the next answer on. To remove them, send an empty text.
   *
   * `PUT /chats/instructions`
   */
  setInstructions(input: Input<Types.ChatSetInstructionsData>, options?: CallOptions): Promise<Types.InstructionsOutput> {
    return this._core.call({ method: 'PUT', path: '/chats/instructions', input }, options);
  }

  /**
   * Summarize the earlier messages of a chat.
   *
   * For a chat that is longer than the context of its model. The model of the chat writes the summary, and gets it from then on in place of the messages that it covers, which stay in the chat. The last exchange is not covered, so that it stays exact. The server writes the summary even if the client disconnects. If it is not complete after 25 seconds, call again.
   *
   * `POST /chats/{chatId}/summarize`
   */
  summarize(chatId: Types.ChatSummarizeData['path']['chatId'], options?: CallOptions): Promise<Types.Summary> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/summarize` }, options);
  }

  /**
   * Move a chat to a project, or out of its project.
   *
   * A temporary chat cannot be in a project.
   *
   * `PUT /chats/{chatId}/project`
   */
  move(chatId: Types.ChatMoveData['path']['chatId'], input: Input<Types.ChatMoveData> = {}, options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'PUT', path: path`/chats/${chatId}/project`, input }, options);
  }

  /**
   * List messages.
   *
   * `GET /chats/{chatId}/messages`
   */
  messages(chatId: Types.ChatMessagesData['path']['chatId'], input: Input<Types.ChatMessagesData> = {}, options?: CallOptions): Pages<Types.Message> {
    return this._core.pages({ method: 'GET', path: path`/chats/${chatId}/messages`, input }, options);
  }

  /**
   * Send a message and start an answer.
   *
   * The server writes the answer in the background, even if the client disconnects. Follow it with chat.stream.
   *
   * `POST /chats/{chatId}/messages`
   */
  send(chatId: Types.ChatSendData['path']['chatId'], input: Input<Types.ChatSendData>, options?: CallOptions): Promise<Types.Run> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/messages`, input, named: true }, options);
  }

  /**
   * Ask a question and wait for the answer.
   *
   * If the status is "streaming", the time is up, and the text is what is written so far: call chat.answer with the runId to wait again. The server writes the answer even if no caller waits.
   *
   * `POST /answers`
   */
  ask(input: Input<Types.ChatAskData>, options?: CallOptions): Promise<Types.AnswerState> {
    return this._core.call({ method: 'POST', path: '/answers', input, named: true }, options);
  }

  /**
   * Wait for an answer.
   *
   * If the status is "streaming", the time is up, and the text is what is written so far: call chat.answer with the runId to wait again. The server writes the answer even if no caller waits.
   *
   * `GET /answers/{runId}`
   */
  answer(runId: Types.ChatAnswerData['path']['runId'], input: Input<Types.ChatAnswerData> = {}, options?: CallOptions): Promise<Types.AnswerState> {
    return this._core.call({ method: 'GET', path: path`/answers/${runId}`, input }, options);
  }

  /**
   * Follow an answer in progress.
   *
   * `GET /chats/{chatId}/stream`
   */
  stream(chatId: Types.ChatStreamData['path']['chatId'], input: Input<Types.ChatStreamData> = {}, options?: CallOptions): AsyncGenerator<ServerEvent<EventData<Types.ChatStreamResponse>>, void, void> {
    return this._core.events({ method: 'GET', path: path`/chats/${chatId}/stream`, input }, options);
  }

  /**
   * Stop an answer.
   *
   * The text so far is kept.
   *
   * `POST /chats/{chatId}/stop`
   */
  stop(chatId: Types.ChatStopData['path']['chatId'], options?: CallOptions): Promise<Types.Stopped> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/stop` }, options);
  }

  /**
   * Regenerate an answer.
   *
   * `POST /chats/{chatId}/regenerate`
   */
  regenerate(chatId: Types.ChatRegenerateData['path']['chatId'], input: Input<Types.ChatRegenerateData> = {}, options?: CallOptions): Promise<Types.Run> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/regenerate`, input, named: true }, options);
  }

  /**
   * Continue an answer.
   *
   * For an answer that is not complete. The continuation is added to the same message.
   *
   * `POST /chats/{chatId}/continue`
   */
  continue(chatId: Types.ChatContinueData['path']['chatId'], input: Input<Types.ChatContinueData> = {}, options?: CallOptions): Promise<Types.Run> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/continue`, input, named: true }, options);
  }

  /**
   * Edit a message.
   *
   * Sends a new version of the question and starts an answer. The old question and all that follows it stay as another branch.
   *
   * `POST /chats/{chatId}/edit`
   */
  edit(chatId: Types.ChatEditData['path']['chatId'], input: Input<Types.ChatEditData>, options?: CallOptions): Promise<Types.Run> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/edit`, input, named: true }, options);
  }

  /**
   * Show another version of a message.
   *
   * `PUT /chats/{chatId}/branch`
   */
  selectBranch(chatId: Types.ChatSelectBranchData['path']['chatId'], input: Input<Types.ChatSelectBranchData>, options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'PUT', path: path`/chats/${chatId}/branch`, input }, options);
  }

  /**
   * Start a new chat with the messages up to one.
   *
   * Copies the message and all above it, up to 16 MiB, with the model and instructions of the chat. A copy is not shared, pinned or archived. A copy of a temporary chat is temporary.
   *
   * `POST /chats/{chatId}/fork`
   */
  fork(chatId: Types.ChatForkData['path']['chatId'], input: Input<Types.ChatForkData>, options?: CallOptions): Promise<Types.Chat> {
    return this._core.call({ method: 'POST', path: path`/chats/${chatId}/fork`, input }, options);
  }

  /**
   * List available models.
   *
   * `GET /models`
   */
  models(options?: CallOptions): Promise<Types.Models> {
    return this._core.call({ method: 'GET', path: '/models' }, options);
  }

  /**
   * Export a chat as one JSON document.
   *
   * It has the form of protected.exportData, with one chat and all its messages.
   *
   * `GET /chats/{id}/export`
   */
  export(id: Types.ChatExportData['path']['id'], options?: CallOptions): Promise<Types.ChatExport> {
    return this._core.call({ method: 'GET', path: path`/chats/${id}/export` }, options);
  }

  /**
   * Export a chat as Markdown.
   *
   * The texts of the branch that the chat shows, up to its newest 10,000 messages. A part ends at the limit of messages or at 1 MiB of content. Continue until nextCursor is null.
   *
   * `GET /chats/{chatId}/markdown`
   */
  exportMarkdown(chatId: Types.ChatExportMarkdownData['path']['chatId'], input: Input<Types.ChatExportMarkdownData> = {}, options?: CallOptions): Promise<Types.ChatMarkdown> {
    return this._core.call({ method: 'GET', path: path`/chats/${chatId}/markdown`, input }, options);
  }
}

export class ProtectedSessionsApi extends Resource {
  /**
   * List active sessions.
   *
   * Needs a session. API keys are rejected.
   *
   * `GET /protected/sessions`
   */
  list(input: Input<Types.ProtectedSessionsListData> = {}, options?: CallOptions): Pages<Types.Session> {
    return this._core.pages({ method: 'GET', path: '/protected/sessions', input }, options);
  }

  /**
   * Revoke a session.
   *
   * Needs a session. API keys are rejected.
   *
   * `DELETE /protected/sessions/{id}`
   */
  revoke(id: Types.ProtectedSessionsRevokeData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/protected/sessions/${id}` }, options);
  }
}

export class ProtectedApiKeysApi extends Resource {
  /**
   * List your API keys.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/api-keys`
   */
  list(input: Input<Types.ProtectedApiKeysListData> = {}, options?: CallOptions): Pages<Types.ApiKey> {
    return this._core.pages({ method: 'GET', path: '/protected/api-keys', input }, options);
  }

  /**
   * Create an API key.
   *
   * The key itself is returned only once. Needs the session of an account. API keys and guests are rejected.
   *
   * `POST /protected/api-keys`
   */
  create(input: Input<Types.ProtectedApiKeysCreateData>, options?: CallOptions): Promise<Types.ApiKeyCreated> {
    return this._core.call({ method: 'POST', path: '/protected/api-keys', input }, options);
  }

  /**
   * Revoke an API key.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `DELETE /protected/api-keys/{id}`
   */
  revoke(id: Types.ProtectedApiKeysRevokeData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/protected/api-keys/${id}` }, options);
  }
}

export class ProtectedProviderKeysApi extends Resource {
  /**
   * List your model provider keys.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/provider-keys`
   */
  list(options?: CallOptions): Promise<Types.ProviderKeys> {
    return this._core.call({ method: 'GET', path: '/protected/provider-keys' }, options);
  }

  /**
   * Store your key for a model provider.
   *
   * The key is encrypted, used only for your chats, and never returned again. Needs the session of an account. API keys and guests are rejected.
   *
   * `PUT /protected/provider-keys/{provider}`
   */
  set(provider: Types.ProtectedProviderKeysSetData['path']['provider'], input: Input<Types.ProtectedProviderKeysSetData>, options?: CallOptions): Promise<Types.ProviderKey> {
    return this._core.call({ method: 'PUT', path: path`/protected/provider-keys/${provider}`, input }, options);
  }

  /**
   * Remove your key for a model provider.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `DELETE /protected/provider-keys/{provider}`
   */
  delete(provider: Types.ProtectedProviderKeysDeleteData['path']['provider'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/protected/provider-keys/${provider}` }, options);
  }
}

export class ProtectedClientsApi extends Resource {
  /**
   * List your connected programs.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/clients`
   */
  list(input: Input<Types.ProtectedClientsListData> = {}, options?: CallOptions): Pages<Types.ConnectedClient> {
    return this._core.pages({ method: 'GET', path: '/protected/clients', input }, options);
  }

  /**
   * Disconnect a program.
   *
   * All of its access ends, also what it could renew by itself. Needs the session of an account. API keys and guests are rejected.
   *
   * `DELETE /protected/clients/{id}`
   */
  disconnect(id: Types.ProtectedClientsDisconnectData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/protected/clients/${id}` }, options);
  }

  /**
   * Get what a program asks for.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/client-request`
   */
  request(input: Input<Types.ProtectedClientsRequestData>, options?: CallOptions): Promise<Types.ClientRequest> {
    return this._core.call({ method: 'GET', path: '/protected/client-request', input }, options);
  }
}

export class ProtectedRegisteredClientsApi extends Resource {
  /**
   * List your registered programs.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/registered-clients`
   */
  list(input: Input<Types.ProtectedRegisteredClientsListData> = {}, options?: CallOptions): Pages<Types.RegisteredClient> {
    return this._core.pages({ method: 'GET', path: '/protected/registered-clients', input }, options);
  }

  /**
   * Register a program.
   *
   * The program can then ask you or another user for access. Its secret is returned only once. Needs the session of an account. API keys and guests are rejected.
   *
   * `POST /protected/registered-clients`
   */
  create(input: Input<Types.ProtectedRegisteredClientsCreateData>, options?: CallOptions): Promise<Types.RegisteredClientCreated> {
    return this._core.call({ method: 'POST', path: '/protected/registered-clients', input }, options);
  }

  /**
   * Delete a registered program.
   *
   * All of its access ends, for every user who has connected it. Needs the session of an account. API keys and guests are rejected.
   *
   * `DELETE /protected/registered-clients/{id}`
   */
  delete(id: Types.ProtectedRegisteredClientsDeleteData['path']['id'], options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'DELETE', path: path`/protected/registered-clients/${id}` }, options);
  }
}

/**
 * Your private data: sessions, keys, export, audit trail.
 */
export class ProtectedApi extends Resource {
  readonly sessions: ProtectedSessionsApi;
  readonly apiKeys: ProtectedApiKeysApi;
  readonly providerKeys: ProtectedProviderKeysApi;
  readonly clients: ProtectedClientsApi;
  readonly registeredClients: ProtectedRegisteredClientsApi;

  constructor(core: Core) {
    super(core);
    this.sessions = new ProtectedSessionsApi(core);
    this.apiKeys = new ProtectedApiKeysApi(core);
    this.providerKeys = new ProtectedProviderKeysApi(core);
    this.clients = new ProtectedClientsApi(core);
    this.registeredClients = new ProtectedRegisteredClientsApi(core);
  }

  /**
   * Get the current account and credential.
   *
   * `GET /protected`
   */
  get(options?: CallOptions): Promise<Types.Protected> {
    return this._core.call({ method: 'GET', path: '/protected' }, options);
  }

  /**
   * Export your data as one JSON document.
   *
   * Needs a session. API keys are rejected.
   *
   * `GET /protected/export`
   */
  exportData(options?: CallOptions): Promise<Types.Export> {
    return this._core.call({ method: 'GET', path: '/protected/export' }, options);
  }

  /**
   * Get your token usage per day.
   *
   * `GET /protected/usage`
   */
  usage(input: Input<Types.ProtectedUsageData> = {}, options?: CallOptions): Promise<Types.Usage> {
    return this._core.call({ method: 'GET', path: '/protected/usage', input }, options);
  }

  /**
   * Check if you can become the first admin.
   *
   * Needs the session of an account. API keys and guests are rejected.
   *
   * `GET /protected/admin-claim`
   */
  adminClaim(options?: CallOptions): Promise<Types.AdminClaim> {
    return this._core.call({ method: 'GET', path: '/protected/admin-claim' }, options);
  }

  /**
   * Become the first admin.
   *
   * Requires the code that the server prints on its console until there is an admin. Needs the session of an account. API keys and guests are rejected.
   *
   * `POST /protected/admin-claim`
   */
  claimAdmin(input: Input<Types.ProtectedClaimAdminData>, options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'POST', path: '/protected/admin-claim', input }, options);
  }

  /**
   * Check the installation.
   *
   * Sends a short question to the default model, which uses a few tokens. Contains no secrets. Only for admins.
   *
   * `GET /protected/system`
   */
  system(options?: CallOptions): Promise<Types.System> {
    return this._core.call({ method: 'GET', path: '/protected/system' }, options);
  }

  /**
   * Delete your account and its data.
   *
   * Needs a session. API keys are rejected.
   *
   * `POST /protected/delete-account`
   */
  deleteAccount(input: Input<Types.ProtectedDeleteAccountData> = {}, options?: CallOptions): Promise<void> {
    return this._core.call({ method: 'POST', path: '/protected/delete-account', input }, options);
  }

  /**
   * List the audit trail of your account.
   *
   * Needs a session. API keys are rejected.
   *
   * `GET /protected/audit`
   */
  audit(input: Input<Types.ProtectedAuditData> = {}, options?: CallOptions): Pages<Types.AuditEvent> {
    return this._core.pages({ method: 'GET', path: '/protected/audit', input }, options);
  }
}

export class Api extends Resource {
  readonly users: UsersApi;
  readonly chats: ChatsApi;
  readonly protected: ProtectedApi;

  constructor(core: Core) {
    super(core);
    this.users = new UsersApi(core);
    this.chats = new ChatsApi(core);
    this.protected = new ProtectedApi(core);
  }
}
