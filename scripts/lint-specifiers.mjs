// @ts-check
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** This folder can be moved to another project as a whole, so its files import each other by relative paths. */
const LAYER = 'src/layer';
/** The aliases of package.json and their folders. */
const ALIASES = /** @type {const} */ ([
  ['#server/', 'server'],
  ['#routers/', 'routers'],
]);

/**
 * Returns the path of an aliased specifier, or undefined if it has no alias.
 * @param {string} specifier
 */
function targetOf(specifier) {
  const found = ALIASES.find(([alias]) => specifier.startsWith(alias));
  return found && join(found[1], specifier.slice(found[0].length));
}

/**
 * Requires imports from the same folder or below to use `./`, and all others to use an alias. So an import shows
 * whether it leaves the folder, and a folder can be moved as a whole.
 * @type {import('eslint').Rule.RuleModule}
 */
export const roomSpecifiers = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    const folder = relative(ROOT, dirname(context.filename)).replaceAll('\\', '/');
    const isLayer = folder === LAYER || folder.startsWith(`${LAYER}/`);

    /** @param {import('estree').ImportDeclaration | import('estree').ExportAllDeclaration | import('estree').ExportNamedDeclaration} node */
    function check(node) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (isLayer) {
        if (
          specifier.startsWith('#layer/') ||
          (specifier.startsWith('../') && !join(folder, specifier).replaceAll('\\', '/').startsWith(LAYER))
        ) {
          context.report({
            node,
            message: `Import ${specifier} by a relative path: it is in ${LAYER}, too.`,
          });
        }
        return;
      }
      if (specifier.startsWith('../')) {
        context.report({
          node,
          message: `Import ${specifier} by its alias (#server/…): it is in another folder.`,
        });
      }
      const target = targetOf(specifier);
      if (target === undefined || relative(folder, target).startsWith('..')) return;
      context.report({
        node,
        message: `Import ./${relative(folder, target).replaceAll('\\', '/')}.ts: it is in the same folder.`,
      });
    }
    return { ImportDeclaration: check, ExportAllDeclaration: check, ExportNamedDeclaration: check };
  },
};
