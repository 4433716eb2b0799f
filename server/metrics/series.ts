/** The value of a label that stands for every value that is not in its list. */
export const OTHER = 'other';
/** The maximum number of values of a label. The key of a series has ten bits for each of its labels. */
const MAX_VALUES = 1024;

/**
 * A label with a list of values. Any other value counts as `other`, so no caller can create a series.
 */
export class Label {
  readonly name: string;
  readonly #values: string[] = [OTHER];
  readonly #indexes = new Map<string, number>([[OTHER, 0]]);

  constructor(name: string, values: Iterable<string> = []) {
    this.name = name;
    this.allow(values);
  }

  /** Adds values, up to 1024 in total. More than these count as `other`. */
  allow(values: Iterable<string>): void {
    for (const value of values) {
      if (this.#indexes.has(value) || this.#values.length >= MAX_VALUES) continue;
      this.#indexes.set(value, this.#values.length);
      this.#values.push(value);
    }
  }

  /** The values, of which the first is `other`. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** Returns the index of a value; that of `other` if it is not in the list. */
  indexOf(value: string): number {
    return this.#indexes.get(value) ?? 0;
  }
}

/** The values of the labels of a series, in the order of the labels: at most three. */
type Values = readonly string[];

/** What every instrument has. */
abstract class Instrument<V extends Values, Cell> {
  abstract readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  /** A sentence that says what it measures. */
  readonly help: string;
  readonly labels: readonly Label[];
  readonly #cells = new Map<number, Cell>();

  constructor(name: string, help: string, labels: readonly Label[]) {
    if (labels.length > 3) throw new Error(`${name} has more than three labels.`);
    this.name = name;
    this.help = help;
    this.labels = labels;
  }

  protected abstract create(): Cell;

  /** Returns the cell of a series, which is created the first time. Later calls allocate nothing. */
  protected cell(values: V): Cell {
    let key = 0;
    for (let i = 0; i < this.labels.length; i++) {
      key = key * MAX_VALUES + (this.labels[i]?.indexOf(values[i] ?? OTHER) ?? 0);
    }
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = this.create();
      this.#cells.set(key, cell);
    }
    return cell;
  }

  /** Yields each series with the values of its labels. */
  *series(): Generator<{ values: string[]; cell: Cell }, void, void> {
    for (const [key, cell] of this.#cells) {
      let rest = key;
      const values = this.labels
        .toReversed()
        .map((label) => {
          const value = label.values[rest % MAX_VALUES] ?? OTHER;
          rest = Math.floor(rest / MAX_VALUES);
          return value;
        })
        .toReversed();
      yield { values, cell };
    }
  }
}

/** A number that only grows. */
export class Counter<V extends Values> extends Instrument<V, { value: number }> {
  readonly kind = 'counter';

  protected create(): { value: number } {
    return { value: 0 };
  }

  /** Adds to a series. @param values the values of the labels, in their order. */
  add(by: number, ...values: V): void {
    this.cell(values).value += by;
  }

  /** Creates a series with the value 0, so that its first increase is visible. */
  begin(...values: V): void {
    this.cell(values);
  }

  /** Replaces the value of a series by one that the system counts itself. */
  setTotal(value: number, ...values: V): void {
    this.cell(values).value = value;
  }
}

/** The value of a gauge: a number, or a function that returns it. `undefined` if it is unknown. */
type GaugeValue = number | undefined | (() => number | undefined);

/** A number that goes up and down. */
export class Gauge<V extends Values> extends Instrument<V, { value: GaugeValue }> {
  readonly kind = 'gauge';

  protected create(): { value: GaugeValue } {
    return { value: undefined };
  }

  /** Sets a series. @param value `undefined` to leave the series out. */
  set(value: number | undefined, ...values: V): void {
    this.cell(values).value = value;
  }

  /** Lets a function return the value of a series when it is read. It replaces an earlier function. */
  read(value: () => number | undefined, ...values: V): void {
    this.cell(values).value = value;
  }
}

/** The number of values up to each bound, and the sum of all values. */
export class Distribution {
  /** The number of values between two bounds. The last one has no upper bound. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: number) {
    this.counts = new Float64Array(bounds + 1);
  }
}

/** Counts values by their size. */
export class Histogram<V extends Values> extends Instrument<V, Distribution> {
  readonly kind = 'histogram';
  /** The upper bounds, ascending. */
  readonly bounds: readonly number[];

  constructor(name: string, help: string, labels: readonly Label[], bounds: readonly number[]) {
    super(name, help, labels);
    this.bounds = bounds;
  }

  protected create(): Distribution {
    return new Distribution(this.bounds.length);
  }

  /** Counts a value in a series. @param values the values of the labels, in their order. */
  observe(value: number, ...values: V): void {
    const { bounds } = this;
    const cell = this.cell(values);
    let index = 0;
    while (index < bounds.length && value > (bounds[index] ?? Infinity)) index++;
    cell.counts[index] = (cell.counts[index] ?? 0) + 1;
    cell.sum += value;
  }
}

/** Any instrument. */
export type AnyInstrument = Counter<Values> | Gauge<Values> | Histogram<Values>;

/** One string for each label. */
type ValuesOf<L extends readonly Label[]> = { [K in keyof L]: string };

/** Declares a counter. Its name must end with `_total`. */
export const counter = <const L extends readonly Label[]>(name: string, help: string, ...labels: L) =>
  new Counter<ValuesOf<L>>(name, help, labels);

/** Declares a gauge. */
export const gauge = <const L extends readonly Label[]>(name: string, help: string, ...labels: L) =>
  new Gauge<ValuesOf<L>>(name, help, labels);

/** Declares a histogram. */
export const histogram = <const L extends readonly Label[]>(
  name: string,
  help: string,
  bounds: readonly number[],
  ...labels: L
) => new Histogram<ValuesOf<L>>(name, help, labels, bounds);
