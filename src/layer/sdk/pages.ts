/** One page of a list. */
export interface Page<T> {
  /** The items, in the order of the list. */
  items: T[];
  /** The cursor of the next page, or null on the last page. */
  nextCursor: string | null;
}

/**
 * A paginated list. `for await` yields the items of all pages and requests each page when it reaches it. `await`
 * returns the first page.
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

  /** Yields the pages, and requests each one when it is reached. */
  async *pages(): AsyncGenerator<Page<T>, void, void> {
    let page = await this.#fetch();
    yield page;
    // A server may omit the cursor of the last page.
    while (typeof page.nextCursor === 'string') {
      page = await this.#fetch(page.nextCursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for await (const { items } of this.pages()) yield* items;
  }
}
