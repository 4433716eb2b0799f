import { andThen, type Eventual, rescue } from './eventual.ts';

/** A value that is read at most once, when it is first needed. */
export class Later<T> {
  readonly #create: () => Eventual<T>;
  #reading: { result: Eventual<T> } | undefined;
  #known: T | undefined;

  constructor(create: () => Eventual<T>) {
    this.#create = create;
  }

  /** Returns the value. @throws the error of its only creation, always as a rejected promise. */
  read(): Eventual<T> {
    this.#reading ??= {
      result: rescue(() => andThen(this.#create(), (value) => (this.#known = value)), reject),
    };
    return this.#reading.result;
  }

  /** The value, if it has been read. */
  get known(): T | undefined {
    return this.#known;
  }
}

const reject = (error: unknown): Promise<never> =>
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown must arrive unchanged
  Promise.reject(error);
