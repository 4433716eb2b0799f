import { appRouter, createTRPCContext } from '@acme/api';
import { createApi, toRouteHandlers } from '@switchboard/layer';

const api = createApi({ router: appRouter, createContext: createTRPCContext, rest: { unnamed: true } });
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = toRouteHandlers(api);
