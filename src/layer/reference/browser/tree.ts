import { element } from './dom.ts';

/** Longer lists and objects end with the number of the other parts. */
const MAX_PARTS = 200;

const CLASSES: Readonly<Record<string, string>> = {
  string: 't-string',
  number: 't-value',
  boolean: 't-word',
};

/**
 * Shows JSON as a tree, whose parts can be opened and closed. Closed parts are created when they are opened.
 * @param levels the number of levels that are open.
 * @param name the name of the value in what contains it.
 */
export function treeOf(value: unknown, levels: number, name?: string): HTMLElement {
  const label = name === undefined ? null : element('code', { class: 't-key' }, `${name}: `);
  if (typeof value !== 'object' || value === null) {
    const text = element('code', { class: CLASSES[typeof value] ?? 't-word' }, JSON.stringify(value));
    return element('span', {}, label, text);
  }
  const parts = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return element('span', {}, label, element('code', {}, open + close));
  const summary = element('summary', {}, label, element('code', {}, `${open} ${parts.length} ${close}`));
  const node = element('details', { class: 'tree' }, summary);
  function fill(): void {
    if (node.childElementCount > 1) return;
    const items = parts
      .slice(0, MAX_PARTS)
      .map(([key, part]) => element('li', {}, treeOf(part, levels - 1, key)));
    const more = parts.length - items.length;
    node.append(element('ul', {}, ...items, more > 0 && element('li', {}, `and ${more} more`)));
  }
  node.addEventListener('toggle', fill);
  if (levels > 0) {
    fill();
    node.open = true;
  }
  return node;
}
