/** A node of a conversation of ChatGPT: its id, the id above it, the role, and its text. */
export type Node = [id: string, parent: string | null, role: string, text: unknown];

/** 2024-01-01. */
export const START = 1_704_067_200;

/** Returns a conversation as in the conversations.json of ChatGPT. Each message is one minute after the one before. */
export function conversation(title: string, nodes: Node[], fields: object = {}) {
  const mapping = Object.fromEntries(
    nodes.map(([id, parent, role, text], index) => [
      id,
      {
        id,
        parent,
        children: nodes.flatMap(([child, above]) => (above === id ? [child] : [])),
        message: {
          author: { role },
          content: { content_type: 'text', parts: [text] },
          create_time: START + 60 * index,
        },
      },
    ]),
  );
  return { title, create_time: START, update_time: START + 60 * nodes.length, mapping, ...fields };
}

/** Returns a conversation with a question and its answer, whose words end with `name`. */
export const exchange = (name: string) =>
  conversation(`Chat ${name}`, [
    ['q', null, 'user', `Question ${name}`],
    ['a', 'q', 'assistant', `Answer ${name}`],
  ]);
