import { sql } from 'drizzle-orm';
import { openPostgres } from '#server/db/postgres';
import { createLogger } from '#server/log';
import { startTcpProxy } from './tcp-proxy.ts';
const T0 = Date.now(); const L = (...x: unknown[]) => console.log(Date.now() - T0, ...x);
const proxy = await startTcpProxy({ host: '127.0.0.1', port: 5432 });
const d = openPostgres(`postgres://postgres@127.0.0.1:${proxy.port}/test`, 4, createLogger({ LOG_LEVEL: 'silent' }), 1);
for (let round = 0; round < 6; round++) {
  await Promise.all(Array.from({ length: 8 }, () => d.execute(sql`select 1`)));
  L('warm');
  await proxy.become('down'); L('down');
  const one = (n: string) => d.execute(sql`select ${n}::text`).then(() => L(n, 'ok'), (e) => L(n, String(e.cause?.message ?? e)));
  const a = one('a'); const b = one('b');
  await Promise.all([a, b, one('c')]);
  await proxy.become('clear'); L('clear');
  for (;;) { try { await d.execute(sql`select 2`); break; } catch { await new Promise((r) => setTimeout(r, 50)); } }
  L('back');
}
await d.close(); await proxy.close();
