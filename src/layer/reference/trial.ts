import type { SchemaOrRef, Schemas } from '../openapi/json-schema.ts';
import type { TextForm } from '../schema/text-form.ts';
import type { TypedValue } from './typed-json.ts';

/** How REST takes the input of a procedure. */
export interface RestTarget {
  method: string;
  /** The URL, with `{name}` for the fields that the path carries. */
  url: string;
  /** The names of the fields in the path. */
  params: readonly string[];
  /** True if the other fields are in the body, false if they are in the query. */
  takesBody: boolean;
  /** True if the body is a form, because it has files. */
  isForm: boolean;
  /** How the query carries fields that are not single values. */
  forms: Readonly<Record<string, TextForm>>;
}

/** How RPC takes the input of a procedure. */
export interface RpcTarget {
  url: string;
  /** The values that superjson annotates; `null` if the router has no transformer. */
  typed: readonly TypedValue[] | null;
}

/** What the form of a page needs to call a procedure. Pages load it when a reader opens the form. */
export interface Trial {
  name: string;
  type: 'query' | 'mutation' | 'subscription';
  /** The JSON Schema of the input, as REST takes it; `null` if there is no input. */
  input: SchemaOrRef | null;
  /** The named schemas to which references point. */
  schemas: Schemas;
  /** An input that the schema accepts, without files. */
  example: unknown;
  /** `null` if REST does not serve the procedure. */
  rest: (RestTarget & { headers: readonly RequestHeader[] }) | null;
  /** `null` if RPC does not serve it, or the transformer of the router is not known. */
  rpc: RpcTarget | null;
  /** How a key is sent. */
  key: { header: string; prefix: string } | null;
}

/** A request header that a caller may send. */
export interface RequestHeader {
  name: string;
  description: string;
}
