/** A content coding of response bodies. */
export type Encoding = 'br' | 'gzip';

/** A SHA-256 hash (FIPS 180-4) of data that arrives in pieces. */
export interface Hash {
  /** Adds data; a text counts as its UTF-8. */
  update: (data: string | Uint8Array) => void;
  /** Returns the hash of all data in base64url. The hash cannot be used any more. */
  digest: () => string;
}

/** The files of one request. */
export interface FileStore {
  /** Stores the content of a file. @throws the errors of `content`. */
  add: (
    content: AsyncIterable<Uint8Array<ArrayBuffer>>,
    file: { name: string; type: string },
  ) => Promise<File>;
  /** True if there are files, so `remove` has something to do. */
  readonly isUsed: boolean;
  /** Removes all files of the request. */
  remove: () => Promise<void>;
}

/**
 * What Node can do better than a runtime that only has the APIs of the web. `package.json` chooses the implementation
 * by export condition (`#runtime`), so no other file of the layer imports a module of Node, except the Node host.
 */
export interface Runtime {
  /** Returns the length of a text in UTF-8, in bytes. */
  byteLength: (text: string) => number;
  /** Returns the SHA-256 hash of a text in UTF-8, in base64url. */
  hashText: (text: string) => string;
  /** Starts a SHA-256 hash. */
  createHash: () => Hash;
  /** Compresses a text without blocking the event loop. `null` if the platform compresses responses itself. */
  compress: ((text: string, encoding: Encoding) => Promise<Uint8Array<ArrayBuffer>>) | null;
  /** Calls a function in a later turn of the event loop, when pending input and output have been handled. */
  defer: (run: () => void) => void;
  /**
   * True if no request may wait for the work of another one: workerd ends the timers of a request with the request, so
   * what waits for them would never continue.
   */
  isolatesRequests: boolean;
  /** Lets the process end before a timer has fired. */
  unref: (timer: ReturnType<typeof setTimeout>) => void;
  /** Creates an empty store for the files of one request. */
  createFileStore: () => FileStore;
}
