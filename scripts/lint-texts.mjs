// @ts-check
const MESSAGE =
  'Add the text to src/locales/ and show it with useTranslations or getTranslations (docs/languages.md). If it is not a text for people, set translate="no".';

/** Props and fields that people see or hear. */
const SHOWN =
  /^(?:aria-(?:label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label|description|text|error|message|hint|note|tooltip|summary|heading|nothingFound\w*|\w+(?:Label|Text|Title|Placeholder|Hint|Description))$/;
/** A letter is enough: a text of signs and digits is the same in all languages. */
const LETTER = /\p{L}/u;
/** The beginning of a sentence. */
const SENTENCE = /^\p{Lu}[\p{L}’']* \p{L}.*/u;

/**
 * A node of the syntax tree, as far as the rule reads it.
 * @typedef {object} Node
 * @property {string} type
 * @property {Node} parent
 * @property {unknown} [value]
 * @property {{ value: { cooked: string | null } }[]} [quasis]
 * @property {Node[]} [expressions]
 * @property {Node} [expression]
 * @property {Node} [consequent]
 * @property {Node} [alternate]
 * @property {Node} [left]
 * @property {Node} [right]
 * @property {string} [operator]
 * @property {{ attributes: { name?: Name, value?: { value?: unknown } | null }[] }} [openingElement]
 * @property {Name} [name]
 * @property {{ name?: unknown, value?: unknown }} [key]
 * @property {{ name?: string }} [callee]
 * @typedef {{ name: string | { name: string } }} Name
 */

/** @param {Node} node */
const partsOf = (node) => (node.quasis ?? []).map(({ value }) => value.cooked ?? '');

/**
 * Returns the literals with letters that an expression can have as its value. Arguments of calls are not values: they are
 * keys of texts.
 * @param {Node | null | undefined} node
 * @returns {Node[]}
 */
function literalsOf(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && LETTER.test(node.value) ? [node] : [];
    case 'TemplateLiteral':
      return [
        ...(partsOf(node).some((part) => LETTER.test(part)) ? [node] : []),
        ...(node.expressions ?? []).flatMap(literalsOf),
      ];
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap(literalsOf);
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right].flatMap(literalsOf) : [];
    case 'LogicalExpression':
      return [node.left, node.right].flatMap(literalsOf);
    case 'JSXExpressionContainer':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return literalsOf(node.expression);
    default:
      return [];
  }
}

/** @param {Name | undefined} name */
const wordOf = (name) => (typeof name?.name === 'object' ? name.name.name : (name?.name ?? ''));

/**
 * True if an element around a node has `translate="no"`.
 * @param {Node | null} node
 */
function isExempt(node) {
  for (let each = node; each; each = each.parent) {
    const attributes = each.openingElement?.attributes ?? [];
    if (attributes.some(({ name, value }) => wordOf(name) === 'translate' && value?.value === 'no'))
      return true;
  }
  return false;
}

/**
 * True for the message of an error, which is for programmers.
 * @param {Node} node
 */
const isErrorMessage = ({ parent }) =>
  parent.type === 'NewExpression' && (parent.callee?.name?.endsWith('Error') ?? false);

/**
 * Finds texts that are written in components instead of the catalog: between tags, in props and fields such as
 * `aria-label`, `title` and `placeholder`, and sentences anywhere else.
 * @type {import('eslint').Rule.RuleModule}
 */
export const noTexts = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    /** @type {Set<Node>} */
    const reported = new Set();
    /** @param {Node} node */
    const report = (node) => {
      if (reported.has(node) || isExempt(node)) return;
      reported.add(node);
      context.report({
        node: /** @type {import('estree').Node} */ (/** @type {unknown} */ (node)),
        message: MESSAGE,
      });
    };
    /** @type {Record<string, (node: Node) => void>} */
    const visitors = {
      JSXText(node) {
        if (typeof node.value === 'string' && LETTER.test(node.value)) report(node);
      },
      ':matches(JSXElement, JSXFragment) > JSXExpressionContainer'(node) {
        literalsOf(node).forEach(report);
      },
      JSXAttribute(node) {
        if (SHOWN.test(wordOf(node.name)))
          literalsOf(/** @type {Node | null} */ (node.value)).forEach(report);
      },
      'ObjectExpression > Property[computed=false]'(node) {
        const key = String(node.key?.name ?? node.key?.value);
        if (SHOWN.test(key)) literalsOf(/** @type {Node} */ (node.value)).forEach(report);
      },
      Literal(node) {
        if (typeof node.value === 'string' && SENTENCE.test(node.value) && !isErrorMessage(node))
          report(node);
      },
      TemplateLiteral(node) {
        if (SENTENCE.test(partsOf(node).join('x')) && !isErrorMessage(node)) report(node);
      },
    };
    return /** @type {import('eslint').Rule.RuleListener} */ (/** @type {unknown} */ (visitors));
  },
};
