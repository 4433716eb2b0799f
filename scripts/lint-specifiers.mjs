// @ts-check
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Aliases of package.json, and the folders that they stand for. */
const ALIASES = /** @type {const} */ ([
  ['#server/', 'server'],
  ['#routers/', 'routers'],
]);

/**
 * The folder that an alias leads to; undefined for what is no alias of those.
 * @param {string} specifier
 */
function targetOf(specifier) {
  const found = ALIASES.find(([alias]) => specifier.startsWith(alias));
  return found && join(found[1], specifier.slice(found[0].length));
}

/**
 * Has files import what is in their own folder, or below it, by `./`, and everything else by its alias: so an import says
 * whether it leaves the room, and a room can be moved as a whole.
 * @type {import('eslint').Rule.RuleModule}
 */
export const roomSpecifiers = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    const folder = relative(ROOT, dirname(context.filename));

    /** @param {import('estree').ImportDeclaration | import('estree').ExportAllDeclaration | import('estree').ExportNamedDeclaration} node */
    function check(node) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (specifier.startsWith('../')) {
        context.report({
          node,
          message: `Import ${specifier} by its alias (#server/…): it is in another room.`,
        });
      }
      const target = targetOf(specifier);
      if (target === undefined || relative(folder, target).startsWith('..')) return;
      context.report({
        node,
        message: `Import ./${relative(folder, target).replaceAll('\\', '/')}.ts: it is in the same room.`,
      });
    }
    return { ImportDeclaration: check, ExportAllDeclaration: check, ExportNamedDeclaration: check };
  },
};
