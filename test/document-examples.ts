import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const fieldsOf = (value: unknown) => new Map<string, unknown>(isObject(value) ? Object.entries(value) : []);
const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** An example or default of a document. `at` and `schema` are JSON Pointers. */
interface SampleValue {
  at: string;
  schema: string;
  value: unknown;
}

/** Fields of a document that hold objects by names that its author chooses. */
const MAPS = ['properties', 'patternProperties', 'schemas', 'paths', 'headers', 'content'];

/** Yields every example and every default of a document. */
function* samplesIn(part: unknown, at = '', isMap = false): Generator<SampleValue> {
  const fields = fieldsOf(part);
  const schema = fields.has('schema') ? `${at}/schema` : at;
  if (!isMap) {
    if (fields.has('default')) yield { at: `${at}/default`, schema, value: fields.get('default') };
    if (fields.has('example')) yield { at: `${at}/example`, schema, value: fields.get('example') };
    for (const [name, value] of fieldsOf(fields.get('examples'))) {
      const isNamed = fields.has('schema');
      yield { at: `${at}/examples/${name}`, schema, value: isNamed ? fieldsOf(value).get('value') : value };
    }
  }
  const isLeaf = (key: string) => !isMap && ['example', 'examples', 'default', 'enum', 'const'].includes(key);
  for (const [key, value] of fields) {
    if (!isLeaf(key)) yield* samplesIn(value, `${at}/${escape(key)}`, !isMap && MAPS.includes(key));
  }
}

/** Returns an error for each example and default of an OpenAPI document that its schema does not accept. */
export function faultsOfExamples(document: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats(ajv);
  ajv.addSchema(z.record(z.string(), z.unknown()).parse(document), 'openapi', false, false);
  return [...samplesIn(document)].flatMap(({ at, schema, value }) => {
    const validate = ajv.compile({ $ref: `openapi#${encodeURI(schema)}` });
    return validate(value) ? [] : [`${at} ${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`];
  });
}

/** Returns the media types of the requests and success responses of a document, and whether each has an example. */
export function mediaOf(document: { paths?: unknown }): { name: string; hasExample: boolean }[] {
  return [...fieldsOf(document.paths)].flatMap(([path, item]) =>
    [...fieldsOf(item)].flatMap(([method, operation]) => {
      const responses = [...fieldsOf(fieldsOf(operation).get('responses'))];
      const bodies = [['request', fieldsOf(operation).get('requestBody')] as const, ...responses];
      return bodies.flatMap(([kind, body]) =>
        [...fieldsOf(fieldsOf(body).get('content'))].map(([type, media]) => ({
          name: `${method} ${path} ${kind} ${type}`,
          hasExample: fieldsOf(media).has('example') || fieldsOf(media).has('examples'),
        })),
      );
    }),
  );
}
