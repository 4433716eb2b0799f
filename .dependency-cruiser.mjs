/** @type {string} Test code in any folder. */
const TEST = '^(test|bench|src/layer/testing)/|\\.test\\.tsx?$|/testkit\\.ts$';
/** Packages for code of browsers and server components. */
const UI_PACKAGES =
  '^node_modules/(next|react|react-dom|@mantine|@tanstack|@trpc/(client|react-query)|@ai-sdk/react)/';

/**
 * Imports run one way: app, serve.ts -> routers -> server -> src/contract -> src/layer (docs/architecture.md).
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'server-imports-nothing-above-it',
      comment:
        'The rules of a resource must work for every caller. A surface that needs the router gets it as an argument.',
      severity: 'error',
      from: { path: '^server/', pathNot: TEST },
      to: { path: '^(app|routers|scripts|serve(\\.ts$|/)|src/(?!(contract|layer)/))' },
    },
    {
      name: 'layer-knows-nothing-of-the-product',
      comment:
        'The layer serves any tRPC router, so it refers to no user, chat, table or setting, not even by type.',
      severity: 'error',
      from: { path: '^src/layer/', pathNot: TEST },
      to: { path: '^(app|bench|routers|scripts|server|test|serve(\\.ts$|/)|src/(?!layer/))' },
    },
    {
      name: 'layer-packages',
      comment: 'All users of the layer have to install each package that it imports.',
      severity: 'error',
      from: { path: '^src/layer/', pathNot: `^src/layer/cli/|${TEST}` },
      to: {
        path: '^node_modules/',
        pathNot:
          '^node_modules/(@trpc/server|zod|marked|rou3|zod-openapi|srvx|@modelcontextprotocol/server)/',
      },
    },
    {
      name: 'layer-mcp-is-optional',
      comment: 'Only those who serve MCP install its SDK, so RPC, REST and their hosts stay free of it.',
      severity: 'error',
      from: { path: '^src/layer/(?!(cli|mcp)/)', pathNot: TEST },
      to: { path: '^(src/layer/mcp/|node_modules/@modelcontextprotocol/)' },
    },
    {
      name: 'layer-tools-need-no-mcp',
      comment:
        'The command line names the tools of a router, also for those who have not installed the SDK of MCP.',
      severity: 'error',
      from: { path: '^src/layer/cli/', pathNot: TEST },
      to: { path: '^(src/layer/mcp/(?!(tool|schema)\\.ts$)|node_modules/@modelcontextprotocol/)' },
    },
    {
      name: 'layer-imports-the-core-of-zod',
      comment: 'The core is the same for zod, zod/mini and zod 3.25, so an application can use any of them.',
      severity: 'error',
      from: { path: '^src/layer/', pathNot: `^src/layer/cli/|${TEST}` },
      to: { path: '^node_modules/zod/', pathNot: '^node_modules/zod/v4/core/' },
    },
    {
      name: 'layer-runs-on-any-runtime',
      comment:
        'Runtimes of the Fetch API have no modules of Node. The Node host and `#runtime` may use them.',
      severity: 'error',
      from: {
        path: '^src/layer/',
        pathNot: `^src/layer/(bin\\.ts|cli/|hosts/node\\.ts|runtime/node\\.ts)|${TEST}`,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'layer-tools-serve-nothing',
      comment: 'Generators run on a developer’s machine, with packages that a server does not install.',
      severity: 'error',
      from: { path: '^src/layer/(?!(cli|sdk|reference/browser)/)', pathNot: TEST },
      to: { path: '^src/layer/(cli|sdk)/' },
    },
    {
      name: 'sdk-runtime-stands-alone',
      comment: 'The generator copies it into each client.',
      severity: 'error',
      from: { path: '^src/layer/sdk/', pathNot: TEST },
      to: { pathNot: '^src/layer/sdk/' },
    },
    {
      name: 'layer-by-its-entry-files',
      comment: 'Anything that no entry file exports may change at any time.',
      severity: 'error',
      from: { path: '^(?!src/layer/)' },
      to: {
        path: '^src/layer/',
        pathNot:
          '^src/layer/((index|client|limits|messages|paths)|(hosts/node|mcp/index|testing/(index|stores)|cli/(diff/)?index))\\.ts$',
      },
    },
    {
      name: 'layer-generators-by-scripts-only',
      comment: 'Generators serve no request.',
      severity: 'error',
      from: { path: '^(app|instrumentation|proxy|routers|server|serve|src/(?!(layer|cli)/))', pathNot: TEST },
      to: { path: '^src/layer/cli/' },
    },
    {
      name: 'command-line-uses-the-layer-only',
      comment: 'It is a package for any tRPC router, so it refers to nothing of the product.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^(app|bench|routers|scripts|server|serve(\\.ts$|/)|src/(?!(cli|layer)/))' },
    },
    {
      name: 'command-line-is-a-program',
      comment: 'Its modules run in processes of their own.',
      severity: 'error',
      from: { path: '^(?!src/cli/)' },
      to: { path: '^src/cli/', pathNot: TEST },
    },
    {
      name: 'server-knows-no-user-interface',
      comment: 'The server runs without React and Next, such as in tests or in another framework.',
      severity: 'error',
      from: { path: '^(server|routers)/', pathNot: TEST },
      to: { path: UI_PACKAGES },
    },
    {
      name: 'routers-import-server-and-contract-only',
      comment: 'Pages and clients depend on routers, never the other way round.',
      severity: 'error',
      from: { path: '^routers/', pathNot: TEST },
      to: { path: '^(app|scripts|serve(\\.ts$|/)|src/(?!(contract|layer)/))' },
    },
    {
      name: 'contract-imports-zod-and-layer-only',
      comment:
        'Contracts reach the browser, the server and npm, so they contain schemas and types, but no code.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: TEST },
      to: { pathNot: '^(src/(contract|layer)/|node_modules/zod/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-is-the-lowest',
      comment:
        'All other code depends on the contract, so the contract does not refer to it, not even by type.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: TEST },
      to: { path: '^(app|routers|scripts|server|serve(\\.ts$|/)|src/(?!(contract|layer)/))' },
    },
    {
      name: 'client-knows-the-router-by-its-declaration-only',
      comment:
        'src/client/app-router.d.ts is enough for clients. To infer the router itself, the compiler reads the whole server.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: '^routers/' },
    },
    {
      name: 'browser-code-never-imports-server',
      comment:
        'The contract with the browser is in src/contract. Browser code must not use the server, not even by type.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: '^server/' },
    },
    {
      name: 'components-have-no-data-access',
      comment: 'A component only shows its props, so it can be tested and reused without a server.',
      severity: 'error',
      from: { path: '^src/components/', pathNot: TEST },
      to: { path: '^(routers|src/client|src/sdk)/|^node_modules/(@trpc|@tanstack)/' },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'It is published, and its users have no other file of this project.',
      severity: 'error',
      from: { path: '^src/sdk/', pathNot: TEST },
      to: { pathNot: '^src/sdk/' },
    },
    {
      name: 'src-imports-nothing-of-app',
      comment: 'Pages use src, never the other way round.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(app|scripts)/|^serve(\\.ts$|/)' },
    },
    {
      name: 'database-drivers-in-server-db-only',
      comment: 'All code must work on both databases, so only server/db knows which one is used.',
      severity: 'error',
      from: { path: '^(app|routers|server|src|serve(\\.ts$|/))', pathNot: `^server/db/|${TEST}` },
      to: { path: '^node_modules/(postgres|@electric-sql|drizzle-orm/(pglite|postgres-js))(/|$)' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Test helpers are not made for production.',
      severity: 'error',
      from: { path: '^(app|routers|scripts|server|src|serve(\\.ts$|/))', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      comment: 'An installation without devDependencies must run. Types are erased before that.',
      severity: 'error',
      from: { path: '^(app|routers|server|src|serve(\\.ts$|/))', pathNot: `^src/(layer/)?cli/|${TEST}` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that package.json does not name may disappear with any update.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable-import',
      comment: 'The import would fail at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycle',
      comment: 'Modules in a cycle, even of types, cannot be understood or moved separately.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment:
        'A module that imports nothing and that no other module imports is unused. Next.js reads app/ by itself, and ESLint its rules.',
      severity: 'error',
      from: { orphan: true, pathNot: '^[^/]+$|^app/|^scripts/lint-texts\\.mjs$|\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules/' },
    // Each peer of a benchmark is a separate package, and so is the project with the packed layer.
    exclude: {
      path: '(^|/)\\.next/|^(\\.data|dist|coverage|bench/(peers|viewers)|examples/[^/]+|test/layer/project)/',
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
