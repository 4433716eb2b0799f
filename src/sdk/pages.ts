/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Where the next page starts; null on the last one. */
  nextCursor: string | null;
}

/**
 * A list: `for await` goes through the items of all pages and asks for each page when it gets there; `await` has the
 * first page alone.
 */
export class Pages<T> implements AsyncIterable<T>, PromiseLike<Page<T>> {
  readonly #fetch: (cursor?: string) => Promise<Page<T>>;
  #first: Promise<Page<T>> | undefined;

  constructor(fetch: (cursor?: string) => Promise<Page<T>>) {
    this.#fetch = fetch;
  }

  then<A = Page<T>, B = never>(
    onFulfilled?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#first ??= this.#fetch();
    return this.#first.then(onFulfilled, onRejected);
  }

  /** Goes through the pages. */
  async *pages(): AsyncGenerator<Page<T>, void, void> {
    let page = await this.#fetch();
    yield page;
    while (page.nextCursor !== null) {
      page = await this.#fetch(page.nextCursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for await (const { items } of this.pages()) yield* items;
  }
}
