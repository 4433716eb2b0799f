import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';

/** How callers authenticate, as the document describes it. */
export interface DescribedAccess {
  schemes: Record<string, oas31.SecuritySchemeObject>;
  /** Returns what an operation needs: each of the requirements is enough by itself. Tools use the first in their samples. None for anonymous callers. */
  security: (endpoint: Endpoint) => oas31.SecurityRequirementObject[];
  /** Returns what no security scheme can say of who may call. */
  note?: (endpoint: Endpoint) => string | undefined;
}
