import { runtime } from '#runtime';
import { andThen, type Eventual } from '../call/eventual.ts';
import type { ApiResponse } from '../call/response.ts';
import type { FileStore } from '../runtime/runtime.ts';
import { whenRead } from '../stream/when-read.ts';

/** The files of one request. They exist until the response has been sent: on the disk in Node, otherwise in memory. */
export class Uploads {
  /** Created for the first file, because few requests have any. */
  #files: FileStore | undefined;

  /** Stores a file as it arrives. @returns a `File` that reads from the store. */
  add(content: AsyncIterable<Uint8Array<ArrayBuffer>>, name: string, type: string): Promise<File> {
    this.#files ??= runtime.createFileStore();
    return this.#files.add(content, { name, type });
  }

  /** Removes all files of the request, if it has any. */
  remove(): Eventual<void> {
    return this.#files?.remove();
  }

  /**
   * Returns the same response, and removes the files when its body has been read or will not be read any more.
   * @param signal the signal of the request.
   */
  removeAfter(response: ApiResponse, signal: AbortSignal): Eventual<ApiResponse> {
    if (!this.#files?.isUsed || !(response instanceof Response) || !response.body || signal.aborted) {
      return andThen(this.remove(), () => response);
    }
    signal.addEventListener('abort', () => void this.remove(), { once: true });
    return whenRead(response, async () => this.remove());
  }
}
