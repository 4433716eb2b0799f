import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';

/** A procedure whose access is described. It need not be served over REST. */
export type DescribedProcedure = Pick<Endpoint, 'name' | 'procedure' | 'type'>;

/** Describes in an OpenAPI document, and in the reference, how callers authenticate. */
export interface DescribedAccess {
  /** The security schemes of the document, by name. */
  schemes: Record<string, oas31.SecuritySchemeObject>;
  /**
   * Returns the security requirements of a procedure. Each of them is sufficient by itself, and tools use the first in
   * their samples. An empty list means that anonymous callers are allowed.
   */
  security: (procedure: DescribedProcedure) => oas31.SecurityRequirementObject[];
  /** Returns a sentence about permissions that no security scheme can express. It is added to the description. */
  note?: (procedure: DescribedProcedure) => string | undefined;
}
