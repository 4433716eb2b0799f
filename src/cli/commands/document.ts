import { createOpenApiDocument, type DocumentInfo } from '#layer/index';
import type { Command } from '../arguments.ts';
import { messageOf, Problem } from '../problem.ts';
import { loadRouter } from '../router/load.ts';

/** Returns the description of the API that the options give. */
function infoOf({ options }: Command): DocumentInfo {
  const { title = 'API', 'api-version': version = '0', server, 'rest-path': restPath } = options;
  if (server !== undefined && !URL.canParse(server)) {
    throw new Problem(`--server must be a URL such as https://app.example.com, not ${server}.`, 2);
  }
  if (restPath !== undefined && !restPath.startsWith('/')) {
    throw new Problem(`--rest-path must be a path such as /api/v1, not ${restPath}.`, 2);
  }
  return {
    title,
    version,
    ...(server !== undefined && { serverUrl: server }),
    ...(restPath !== undefined && { restPath: restPath.replace(/\/$/, '') }),
  };
}

/** Returns the OpenAPI document of the router that a command names. @throws {Problem} if it cannot be described. */
export async function documentOf(command: Command): Promise<{ document: object; isEmpty: boolean }> {
  const info = infoOf(command);
  const { router } = await loadRouter(command.router, command.options.tsconfig);
  try {
    const document = createOpenApiDocument(router, info);
    return { document, isEmpty: Object.keys(document.paths ?? {}).length === 0 };
  } catch (error) {
    throw new Problem(messageOf(error));
  }
}

export const NO_ENDPOINT =
  'No procedure of this router is a REST endpoint. Add .meta({ openapi: { method, path } }) to those that should be.';
