import type { Call, Surface } from '#layer/index';
import type { ChatFile } from '#contract/files';
import { requirePermission } from '#server/access';
import { getFile } from '#server/chat/shares';
import { AppError, notFound } from '#server/errors';
import { SECRET_LINK_HEADERS } from '#server/pages/headers';
import { requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import type { Reader } from '#server/people/streams';
import { get } from './index.ts';
import { fileIdOf, sharedFileOf } from './part.ts';
import { readContent } from './store.ts';
import { isImage } from './type.ts';

/** Percent-encodes a file name for a header (RFC 8187). */
const encoded = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Returns the header that names a file. Browsers show images in pages, and download all other files. */
function disposition(filename: string, mediaType: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const kind = isImage(mediaType) ? 'inline' : 'attachment';
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded(filename)}`;
}

/**
 * Returns a body that reads the next piece when its client reads on. The first is read before, so that its failure has a
 * status.
 * @throws {AppError} NOT_FOUND if there is no piece
 */
async function bodyOf(pieces: AsyncIterator<Uint8Array, undefined>): Promise<ReadableStream<Uint8Array>> {
  const first = await pieces.next();
  if (first.done === true) throw notFound('file');
  let piece: IteratorResult<Uint8Array, undefined> | undefined = first;
  return new ReadableStream(
    {
      async pull(controller) {
        const next = piece ?? (await pieces.next());
        piece = undefined;
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Returns the context of a call that reads a file, after counting it. @throws {AppError} */
async function admitted<Found>(call: Call<Context>, found: Found | null): Promise<[Context, Found]> {
  if (found === null) throw notFound('file');
  if (call.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
  const context = await call.context();
  await context.admission.admitOne();
  return [context, found];
}

/**
 * Returns the response with the content of a file. A browser runs nothing of it: its type is sent as it was found in the
 * content, and the policy forbids everything.
 * @param reader who has been checked.
 * @param pieces the content.
 * @throws {AppError} NOT_FOUND if there is no content, SERVICE_UNAVAILABLE if it cannot be read
 */
async function responseWith(
  call: Call<Context>,
  context: Context,
  { id, filename, mediaType, size }: Pick<ChatFile, 'id' | 'filename' | 'mediaType' | 'size'>,
  reader: Pick<Reader, 'actor' | 'access'>,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const headers = new Headers([...context.responseHeaders]);
  const etag = `"${id}"`;
  headers.set('etag', etag);
  // The content of a file never changes. Whether the caller may read it is checked each time.
  headers.set('cache-control', 'private, no-cache');
  if (call.header('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });
  headers.set('content-type', mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : mediaType);
  headers.set('content-length', String(size));
  headers.set('content-disposition', disposition(filename, mediaType));
  headers.set('content-security-policy', "sandbox; default-src 'none'");
  headers.set('cross-origin-resource-policy', 'same-origin');
  const { ip, signal } = context.request;
  const held = { ...reader, ip, signal, revocation: context.revocation() };
  return new Response(await bodyOf(context.deps.streams.hold(pieces, held)), { headers });
}

/** Serves the content of files to their owner. */
export const fileSurface: Surface<Context> = async (call) => {
  const [context, fileId] = await admitted(call, fileIdOf(call.path));
  const actor = await requireActor(context);
  requirePermission({ name: 'chat.files.get', access: 'signed-in' }, 'query', actor);
  const file = await get(context.deps, actor, fileId);
  const pieces = readContent(context.deps, fileId, 'original');
  return responseWith(call, context, file, { actor, access: 'signed-in' }, pieces);
};

/**
 * Serves the content of the files of shared chats to anyone who knows the token of the share. It must not see cookies. A
 * download in progress ends with the next piece after the share has ended.
 */
export const sharedFileSurface: Surface<Context> = async (call) => {
  const [context, address] = await admitted(call, sharedFileOf(call.path));
  const { deps } = context;
  const file = await getFile(deps, address);
  async function* whileShared(): AsyncGenerator<Uint8Array, void, void> {
    let isFirst = true;
    for await (const piece of readContent(deps, file.id, 'original')) {
      if (!isFirst) await getFile(deps, address);
      isFirst = false;
      yield piece;
    }
  }
  const reader = { actor: null, access: 'anyone' as const };
  const response = await responseWith(call, context, file, reader, whileShared());
  for (const [name, value] of Object.entries(SECRET_LINK_HEADERS)) response.headers.set(name, value);
  return response;
};
