import type { Context } from '#server/people/context';
import type { Answer } from '#server/reply';

/** A request on its way to a surface: guards have passed, nobody has read the body. */
export interface Call {
  request: Request;
  url: URL;
  context: Context;
}

/** One way in: answers a call, or throws an AppError that the handler turns into a problem document. */
export type Surface = (call: Call) => Promise<Answer>;
