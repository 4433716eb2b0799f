/** Serves the calls with node:http only, without validation. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createThing,
  getThing,
  LISTED_BY_MANY,
  listThings,
  manyResources,
  type NewThing,
} from '../api/things.ts';
import { listen } from './ready.ts';
import { userOf } from './users.ts';

/** The number of listed things by path. */
const LISTS = new Map([
  ['/api/things', undefined],
  ...manyResources().map((name) => [`/api/${name}`, LISTED_BY_MANY] as const),
]);

function send(res: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

function create(req: IncomingMessage, res: ServerResponse): void {
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (chunk: string) => (text += chunk));
  req.on('end', () => {
    const { dueAt, ...rest } = JSON.parse(text) as NewThing;
    send(res, 201, createThing({ ...rest, dueAt: new Date(dueAt) }));
  });
}

listen(
  createServer((req, res) => {
    if (!userOf(req.headers.authorization)) {
      send(res, 401, { error: 'Unauthorized' });
      return;
    }
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    const slash = path.indexOf('/', '/api/'.length);
    const list = slash === -1 ? path : path.slice(0, slash);
    if (!LISTS.has(list)) send(res, 404, { error: 'Not found' });
    else if (slash !== -1) send(res, 200, getThing(path.slice(slash + 1)));
    else if (req.method === 'POST') create(req, res);
    else send(res, 200, listThings(LISTS.get(list)));
  }),
);
