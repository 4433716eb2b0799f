/** The ids of the selected chats. */
export type Selection = ReadonlySet<string>;

/** Returns a selection with or without a chat. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection);
  if (!ids.delete(id)) ids.add(id);
  return ids;
}
