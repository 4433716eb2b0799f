import { Component, createRef, type ReactNode } from 'react';

interface KeepSelectionProps {
  className?: string | undefined;
  /** True while the text grows. */
  active: boolean;
  children: ReactNode;
}

/** An end of the selection. */
interface End {
  node: Node;
  offset: number;
  /** The number of characters before it in the text; null if it is outside. */
  at: number | null;
}

interface Kept {
  anchor: End;
  focus: End;
}

/**
 * A text that grows without losing the selection of the reader. A browser moves a selection to the start of a text node
 * that gets another value, and React replaces elements whose kind changes.
 */
export class KeepSelection extends Component<KeepSelectionProps> {
  readonly #root = createRef<HTMLDivElement>();

  override getSnapshotBeforeUpdate(before: KeepSelectionProps): Kept | null {
    const root = this.#root.current;
    const selection = document.getSelection();
    if (!before.active || !root || !selection || selection.isCollapsed) return null;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    if (!anchorNode || !focusNode || !selection.containsNode(root, true)) return null;
    return { anchor: endIn(root, anchorNode, anchorOffset), focus: endIn(root, focusNode, focusOffset) };
  }

  override componentDidUpdate(_before: KeepSelectionProps, _state: unknown, kept: Kept | null): void {
    const root = this.#root.current;
    const selection = document.getSelection();
    if (!kept || !root || !selection) return;
    const [anchor, focus] = [placeOf(root, kept.anchor), placeOf(root, kept.focus)];
    const isSame =
      selection.anchorNode === anchor.node &&
      selection.anchorOffset === anchor.offset &&
      selection.focusNode === focus.node &&
      selection.focusOffset === focus.offset;
    if (!isSame) selection.setBaseAndExtent(anchor.node, anchor.offset, focus.node, focus.offset);
  }

  override render() {
    return (
      <div ref={this.#root} className={this.props.className}>
        {this.props.children}
      </div>
    );
  }
}

function endIn(root: Node, node: Node, offset: number): End {
  if (!root.contains(node)) return { node, offset, at: null };
  const before = document.createRange();
  before.selectNodeContents(root);
  before.setEnd(node, offset);
  return { node, offset, at: before.toString().length };
}

/** Returns the place of an end of the selection after the text has changed. */
function placeOf(root: Node, { node, offset, at }: End): { node: Node; offset: number } {
  const size = node instanceof Text ? node.length : node.childNodes.length;
  if (at === null || (root.contains(node) && offset <= size)) return { node, offset };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = at;
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const length = text.nodeValue?.length ?? 0;
    if (left <= length) return { node: text, offset: left };
    left -= length;
  }
  return { node: root, offset: root.childNodes.length };
}
