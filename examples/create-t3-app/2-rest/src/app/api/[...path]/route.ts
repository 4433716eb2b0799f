import { createApi, toRouteHandlers } from "@switchboard/layer";

import { appRouter } from "~/server/api/root";
import { createTRPCContext } from "~/server/api/trpc";

const api = createApi({
  router: appRouter,
  createContext: createTRPCContext,
  rest: { unnamed: true },
});
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } =
  toRouteHandlers(api);
