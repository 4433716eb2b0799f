import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ApiResponse } from '../call/response.ts';
import { whenRead } from '../stream/when-read.ts';

/**
 * The files of one request. Each is written to the disk as it arrives, so a large file takes no memory, and exists
 * until the response has been sent. They are in the operating system's folder for temporary files.
 */
export class Uploads {
  #folder: Promise<string> | undefined;
  #count = 0;

  /** Writes a stream to a file. @returns a `File` that reads from the disk. */
  async add(content: Readable, name: string, type: string, signal: AbortSignal): Promise<File> {
    this.#folder ??= mkdtemp(join(tmpdir(), `api-upload-${process.pid}-`));
    const path = join(await this.#folder, String(this.#count++));
    await pipeline(content, createWriteStream(path, { mode: 0o600 }), { signal });
    return new File([await openAsBlob(path, { type })], name, { type });
  }

  /** Removes all files of the request. */
  async remove(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }

  /**
   * Returns the same response, and removes the files when its body has been read or will not be read any more.
   * @param signal the signal of the request.
   */
  async removeAfter(response: ApiResponse, signal: AbortSignal): Promise<ApiResponse> {
    if (!this.#folder || !(response instanceof Response) || !response.body || signal.aborted) {
      await this.remove();
      return response;
    }
    signal.addEventListener('abort', () => void this.remove(), { once: true });
    return whenRead(response, () => this.remove());
  }
}
