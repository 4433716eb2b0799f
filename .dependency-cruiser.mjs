/** @type {string} Test code, wherever it stands. */
const TEST = '^(test|bench|src/layer/testing)/|\\.test\\.tsx?$|/testkit\\.ts$';
/** What a browser or a server component is made with. */
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
        'A rule of a noun must work for every caller. A surface that needs the router gets it as an argument.',
      severity: 'error',
      from: { path: '^server/', pathNot: TEST },
      to: { path: '^(app|routers|scripts|serve\\.ts$|src/(?!(contract|layer)/))' },
    },
    {
      name: 'layer-knows-nothing-of-the-product',
      comment:
        'Any tRPC router can be served by it, so it refers to no user, chat, table or setting, not even by type.',
      severity: 'error',
      from: { path: '^src/layer/', pathNot: TEST },
      to: { path: '^(app|bench|routers|scripts|server|test|serve\\.ts$|src/(?!layer/))' },
    },
    {
      name: 'layer-packages',
      comment: 'Each package that it needs is one that all its users install.',
      severity: 'error',
      from: { path: '^src/layer/', pathNot: `^src/layer/cli/|${TEST}` },
      to: {
        path: '^node_modules/',
        pathNot:
          '^node_modules/(@trpc/server|zod|superjson|rou3|zod-openapi|@fastify/busboy|srvx|openapi3-ts|trpc-to-openapi)/',
      },
    },
    {
      name: 'layer-tools-serve-nothing',
      comment: 'Generators run on a developer’s machine, with packages that a server does not install.',
      severity: 'error',
      from: { path: '^src/layer/(?!(cli|sdk)/)', pathNot: TEST },
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
      name: 'layer-by-its-door',
      comment: 'What is not exported by an entry file may change at any time.',
      severity: 'error',
      from: { path: '^(?!src/layer/)' },
      to: {
        path: '^src/layer/',
        pathNot: '^src/layer/((index|client|limits|messages)|(hosts/node|testing/index|cli/index))\\.ts$',
      },
    },
    {
      name: 'layer-generators-by-scripts-only',
      comment: 'Generators serve no request.',
      severity: 'error',
      from: { path: '^(app|instrumentation|proxy|routers|server|serve|src/(?!layer/))', pathNot: TEST },
      to: { path: '^src/layer/cli/' },
    },
    {
      name: 'server-knows-no-user-interface',
      comment: 'The server runs without React and Next, in a test as in another framework.',
      severity: 'error',
      from: { path: '^(server|routers)/', pathNot: TEST },
      to: { path: UI_PACKAGES },
    },
    {
      name: 'routers-import-server-and-contract-only',
      comment: 'A router says what can be called; pages and clients depend on it, never the other way round.',
      severity: 'error',
      from: { path: '^routers/', pathNot: TEST },
      to: { path: '^(app|scripts|serve\\.ts$|src/(?!(contract|layer)/))' },
    },
    {
      name: 'contract-imports-zod-and-layer-only',
      comment:
        'Contracts reach the browser, the server and npm, so they carry schemas and types, and no code.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: TEST },
      to: { pathNot: '^(src/(contract|layer)/|node_modules/zod/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-is-the-lowest',
      comment: 'Everything is made to the contract, so it refers to nothing that is, not even by type.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: TEST },
      to: { path: '^(app|routers|scripts|server|serve\\.ts$|src/(?!(contract|layer)/))' },
    },
    {
      name: 'client-knows-the-router-by-its-declaration-only',
      comment:
        'src/client/app-router.d.ts says all a client needs. The router itself, even as a type, is the whole server to read and to infer.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: '^routers/' },
    },
    {
      name: 'browser-code-never-imports-server',
      comment:
        'Nothing of the server, not even a type, is a contract with the browser; those are in src/contract.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: '^server/' },
    },
    {
      name: 'components-have-no-data-access',
      comment: 'A component shows what it is given: it can be tested and reused without a server.',
      severity: 'error',
      from: { path: '^src/components/', pathNot: TEST },
      to: { path: '^(routers|src/client|src/sdk)/|^node_modules/(@trpc|@tanstack)/' },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'It is published: its users have nothing else of this project.',
      severity: 'error',
      from: { path: '^src/sdk/', pathNot: TEST },
      to: { pathNot: '^src/sdk/' },
    },
    {
      name: 'src-imports-nothing-of-app',
      comment: 'Pages are made of src, never the other way round.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(app|scripts)/|^serve\\.ts$' },
    },
    {
      name: 'database-drivers-in-server-db-only',
      comment: 'What works on one database must work on the other, so only server/db knows which one it is.',
      severity: 'error',
      from: { path: '^(app|routers|server|src|serve\\.ts$)', pathNot: `^server/db/|${TEST}` },
      to: { path: '^node_modules/(postgres|@electric-sql|drizzle-orm/(pglite|postgres-js))(/|$)' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Test helpers are not made for production.',
      severity: 'error',
      from: { path: '^(app|routers|scripts|server|src|serve\\.ts$)', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-dev-dependency-in-the-product',
      comment: 'An installation without devDependencies must run. A type is gone by then.',
      severity: 'error',
      from: { path: '^(app|routers|server|src|serve\\.ts$)', pathNot: `^src/layer/cli/|${TEST}` },
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
      comment: 'It would fail at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycle',
      comment: 'What needs each other, be it by a type, can neither be understood nor moved by itself.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment:
        'A module that nothing imports and that imports nothing is left over. Next.js reads app/ by itself.',
      severity: 'error',
      from: { orphan: true, pathNot: '^[^/]+$|^app/|\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules/' },
    // A peer of a benchmark is a package of its own.
    exclude: { path: '(^|/)\\.next/|^(\\.data|dist|coverage|bench/peers)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
