/** Values of attributes. `undefined` leaves one out. */
export type Attributes = Record<string, string | number | boolean | readonly string[] | undefined>;

type Value = NonNullable<Attributes[string]>;

/** Returns a number as the JSON of protobuf has it, which writes those that JSON lacks as texts. */
export const encodeDouble = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

function encodeValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map(encodeValue) } };
  // JSON writes integers of 64 bits as texts.
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: encodeDouble(value) };
}

/** Returns attributes as OTLP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
export const encodeAttributes = (attributes: Attributes): object[] =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: encodeValue(value) }],
  );

/** Returns a time in nanoseconds since 1970, which has more digits than a number. */
export const nanoseconds = (ms: number): string =>
  `${Math.floor(ms)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, '0')}`;
