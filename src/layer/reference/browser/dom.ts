type Child = Node | string | null | false;
type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Creates an element. An attribute that is `true` has no value, and one that is `false` or `undefined` is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) created.setAttribute(name, value === true ? '' : value);
  }
  created.append(...children.filter((child) => child !== null && child !== false));
  return created;
}

/** Creates a button that calls a function. */
export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const created = element('button', { type: 'button', ...attributes }, label);
  created.addEventListener('click', onClick);
  return created;
}

/** Reports a change that no input of HTML reports, to all elements around it. */
export const changed = (node: HTMLElement): boolean =>
  node.dispatchEvent(new Event('input', { bubbles: true }));

let count = 0;
/** Returns an id that no other element of the page has. */
export const uniqueId = (): string => `try-${++count}`;
