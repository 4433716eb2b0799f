import type { Surface } from '#layer/index';
import { requirePermission } from '#server/access';
import { AppError, notFound } from '#server/errors';
import { requireActor } from '#server/people/authenticator';
import type { Context } from '#server/people/context';
import { get } from './index.ts';
import { fileIdOf } from './part.ts';
import { databaseStore } from './store.ts';
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

/** Returns a body that reads the next piece when its client reads on. */
function bodyOf(pieces: AsyncIterator<Uint8Array, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await pieces.next();
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

/**
 * Serves the content of files to those who may read them. A browser runs nothing of it: its type is sent as it was
 * found in the content, and the policy forbids everything.
 */
export const fileSurface: Surface<Context> = async (call) => {
  const { method, path } = call;
  const fileId = fileIdOf(path);
  if (fileId === null) throw notFound('file');
  if (method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
  const context = await call.context();
  await context.admission.admitOne();
  const actor = await requireActor(context);
  requirePermission({ name: 'chat.files.get', access: 'signed-in' }, 'query', actor);
  const { deps } = context;
  const { filename, mediaType, size } = await get(deps, actor, fileId);
  const headers = new Headers([...context.responseHeaders]);
  const etag = `"${fileId}"`;
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
  const reader = { actor, access: 'signed-in' as const, ip, signal, revocation: context.revocation() };
  const pieces = deps.streams.hold(databaseStore(deps.db).read(fileId, 'original'), reader);
  return new Response(bodyOf(pieces), { headers });
};
