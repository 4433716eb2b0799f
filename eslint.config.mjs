// @ts-check
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import { configs } from 'typescript-eslint';
import { roomSpecifiers } from './scripts/lint-specifiers.mjs';
import { noTexts } from './scripts/lint-texts.mjs';

const NO_ENV =
  'Read settings with env() of server/env.ts, where each setting is validated, described and documented.';
const NO_ZOD_TYPE =
  'Use z.core.$ZodType. Comparing a schema with z.ZodType, which has all the methods, costs the compiler a second.';

export default defineConfig(
  globalIgnores([
    '.data/',
    '**/.next/',
    // These need packages that are installed separately.
    'bench/peers/*.ts',
    'bench/peers/next-route/',
    'examples/*/',
    'coverage/',
    'dist/',
    '**/next-env.d.ts',
    'playwright-report/',
    'src/client/app-router.d.ts',
    'src/sdk/generated/',
    'test-results/',
    // It has the packed layer, and `npm run test:layer` compiles it.
    'test/layer/project/',
  ]),
  eslint.configs.recommended,
  configs.strictTypeChecked,
  configs.stylisticTypeChecked,
  comments.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@eslint-community/eslint-comments/require-description': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'max-lines': ['error', 400],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: NO_ENV }],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', message: 'Use the global process.' },
            {
              name: 'fast-check',
              message: 'Import it from #test/fast-check, which sets the seed of the run.',
            },
          ],
        },
      ],

      // Numbers in template strings are safe. Objects stay forbidden.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Allow `() => stop()` for `() => { stop(); }`, and a `return` of a call that returns no value.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Interfaces of the AI SDK and of Node may require a promise even if a function awaits nothing.
      '@typescript-eslint/require-await': 'off',
      // TypeScript reports undefined names, also in the .mjs files (checkJs).
      'no-undef': 'off',
      // It rejects `Promise.withResolvers<void>()`.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Conflicts with TypeScript's noPropertyAccessFromIndexSignature, which is stricter.
      '@typescript-eslint/dot-notation': 'off',
      // Names that are intentionally unused start with an underscore.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'all', argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  {
    name: 'React',
    files: ['app/**', 'src/**'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
  {
    name: 'siblings by ./, other rooms by #',
    files: ['server/**', 'routers/**', 'src/layer/**'],
    plugins: { rooms: { rules: { specifiers: roomSpecifiers } } },
    rules: { 'rooms/specifiers': 'error' },
  },
  {
    name: 'texts of pages are in the catalog',
    files: ['app/**/*.ts', 'app/**/*.tsx', 'src/components/**', 'src/client/**'],
    ignores: ['**/*.test.ts', '**/*.test.tsx', 'app/**/route.ts'],
    plugins: { texts: { rules: { none: noTexts } } },
    rules: { 'texts/none': 'error' },
  },
  {
    name: 'types that are slow to compile',
    files: ['routers/**', 'server/**', 'src/contract/**', 'src/layer/**'],
    ignores: ['**/*.test.ts', '**/testkit.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSQualifiedName[left.name="z"][right.name="ZodType"]', message: NO_ZOD_TYPE },
      ],
    },
  },
  {
    name: 'files that may read process.env: the schema, and code that runs before or beside the application',
    files: [
      'server/env.ts',
      'src/cli/**',
      '.ci/**',
      'scripts/**',
      'test/**',
      '**/*.test.ts',
      'bench/**',
      'jest.config.ts',
      'examples/**',
      'playwright.config.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    name: 'tests',
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**'],
    rules: {
      // Matchers such as expect.any() and bodies such as response.json() have the type any, and a test checks them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A callback that a test does not need may be an empty function.
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    name: 'plain JavaScript, type-checked by tsc',
    files: ['**/*.mjs'],
    rules: {
      // These rules ignore JSDoc casts, which give parsed files their type.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  prettier,
);
