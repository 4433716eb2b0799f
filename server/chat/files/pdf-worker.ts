import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { getDocumentProxy } from 'unpdf';
import { MAX_TEXT, READY } from './limits.ts';

const Task = z.instanceof(Uint8Array);

/** Reads the text of a PDF, page by page, until there is enough of it. */
async function read(bytes: Uint8Array): Promise<{ text: string; pages: number }> {
  const pdf = await getDocumentProxy(bytes);
  const texts: string[] = [];
  let length = 0;
  for (let page = 1; page <= pdf.numPages && length < MAX_TEXT; page++) {
    const { items } = await (await pdf.getPage(page)).getTextContent();
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    texts.push(text);
    length += text.length;
  }
  return { text: texts.join('\n\n'), pages: pdf.numPages };
}

parentPort?.postMessage(READY);
parentPort?.postMessage(await read(Task.parse(workerData)));
