/**
 * Returns the same response, and calls `done` once its body has been read, has failed or will not be read any more. The
 * body ends after `done` has finished. A response without a body is done at once.
 */
export async function whenRead(response: Response, done: () => void | Promise<void>): Promise<Response> {
  const reader = response.body?.getReader();
  if (!reader) {
    await done();
    return response;
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isOver, value } = await reader.read();
          if (!isOver) {
            controller.enqueue(value);
            return;
          }
        } catch (error) {
          await done();
          controller.error(error);
          return;
        }
        await done();
        controller.close();
      },
      async cancel(reason) {
        await done();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
