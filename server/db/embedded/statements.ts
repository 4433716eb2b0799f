import { parse, type PGlite, protocol, type Results, types } from '@electric-sql/pglite';
import type { Statement } from './messages.ts';

const { serialize } = protocol;

/** How many statements stay prepared. The database keeps the plan of each in memory. */
const MAX_PREPARED = 100;

/** Statements that can be prepared. Others, such as BEGIN or VACUUM, have no plan. */
const HAS_PLAN = /^\s*(select|with|insert|update|delete)\b/i;

/**
 * The functions of PostgreSQL that reject a prepared statement because the schema has changed since, or because it is
 * no longer prepared.
 */
const OUTDATED: readonly unknown[] = [
  'FetchPreparedStatement',
  'RevalidateCachedQuery',
  'transformAssignedExpr',
];

type Messages = Awaited<ReturnType<PGlite['execProtocolStream']>>;

interface Prepared {
  name: string;
  /** The types of its parameters. */
  types: number[];
  /** The message that describes its rows; none if it returns none. */
  description: Messages;
}

function serializerOfText({ serializers }: PGlite) {
  const serializer = serializers[types.TEXT];
  if (!serializer) throw new Error('PGlite has no serializer of text.');
  return serializer;
}

/**
 * Returns a function that runs statements, one after the other, and keeps those that it has run last prepared. So a
 * statement that runs often is parsed and planned once, and takes one call of the database instead of six. For most of
 * our statements, that is more than half of their time.
 */
export function createStatements(client: PGlite): (statement: Statement) => Promise<Results> {
  const asText = serializerOfText(client);
  /** By text, the last used one at the end. */
  const all = new Map<string, Prepared>();
  let names = 0;

  const send = (...messages: Uint8Array[]) =>
    client.execProtocolStream(Buffer.concat([...messages, serialize.sync()]), {});

  /** Returns a message that closes the statement that was not used for longest, if there are too many. */
  function closeOldest(): Uint8Array {
    const [oldest] = all;
    if (!oldest || all.size < MAX_PREPARED) return Buffer.alloc(0);
    const [text, { name }] = oldest;
    all.delete(text);
    return serialize.close({ type: 'S', name });
  }

  async function prepare(text: string): Promise<Prepared> {
    const name = `s${++names}`;
    const described = await send(
      closeOldest(),
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
    );
    return {
      name,
      types: parse.parseDescribeStatementResults(described),
      description: described.filter((message) => message.name === 'rowDescription'),
    };
  }

  async function execute({ text, params = [], rowMode }: Statement): Promise<Results> {
    const prepared = all.get(text) ?? (await prepare(text));
    all.delete(text);
    all.set(text, prepared);
    const values = params.map((value, index) => {
      if (value === null || value === undefined) return null;
      const toText = client.serializers[prepared.types[index] ?? types.TEXT] ?? asText;
      return toText(value);
    });
    const messages = await send(serialize.bind({ statement: prepared.name, values }), serialize.execute({}));
    const options = rowMode ? { rowMode } : {};
    const [results] = parse.parseResults([...prepared.description, ...messages], client.parsers, options);
    if (!results) throw new Error('The database returned no result.');
    return results;
  }

  async function executePrepared(statement: Statement): Promise<Results> {
    try {
      return await execute(statement);
    } catch (error) {
      const isOutdated = error instanceof Error && 'routine' in error && OUTDATED.includes(error.routine);
      if (!isOutdated || !all.delete(statement.text)) throw error;
      return execute(statement);
    }
  }

  return (statement) => {
    const { text, params, rowMode } = statement;
    if (HAS_PLAN.test(text)) return client.runExclusive(() => executePrepared(statement));
    return client.query(text, params, rowMode ? { rowMode } : {});
  };
}
