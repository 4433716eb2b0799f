import { createServer } from 'node:http';
import type { Listener } from '#layer/hosts/node';
import { listen } from '../peers/ready.ts';

/** Serves requests on a free port, and reports it to the benchmark. */
export function serve(listener: Listener): void {
  listen(
    createServer((req, res) => {
      void listener(req, res);
    }),
  );
}
