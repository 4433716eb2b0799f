import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';

/** Describes in an OpenAPI document how callers authenticate. */
export interface DescribedAccess {
  /** The security schemes of the document, by name. */
  schemes: Record<string, oas31.SecuritySchemeObject>;
  /**
   * Returns the security requirements of an operation. Each of them is sufficient by itself, and tools use the first in
   * their samples. An empty list means that anonymous callers are allowed.
   */
  security: (endpoint: Endpoint) => oas31.SecurityRequirementObject[];
  /** Returns a sentence about permissions that no security scheme can express. It is added to the description. */
  note?: (endpoint: Endpoint) => string | undefined;
}
