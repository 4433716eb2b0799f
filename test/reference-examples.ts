import type { Api } from '#layer/index';

/** Returns the examples on the page of a procedure in the reference at /docs, by their titles. */
export async function examplesOf(api: Pick<Api, 'request'>, name: string): Promise<Map<string, string>> {
  const page = await (await api.request(`/docs/${name.replaceAll('.', '/')}.md`)).text();
  const found = page.matchAll(/^([\w ]+):\n\n```\w+\n([^]*?)\n```$/gm);
  return new Map(Array.from(found, ([, title = '', code = '']) => [title, code]));
}
