// @ts-check
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import { configs } from 'typescript-eslint';
import { roomSpecifiers } from './scripts/lint-specifiers.mjs';

const NO_ENV = 'Read settings with env() of server/env.ts: there they are checked, described and documented.';
const NO_ZOD_TYPE =
  'Say z.core.$ZodType: to compare a schema with z.ZodType, which has all the methods, costs the compiler a second.';

export default defineConfig(
  globalIgnores([
    '.data/',
    '**/.next/',
    // Needs packages of its own.
    'bench/peers/*.ts',
    'bench/peers/next-route/',
    'coverage/',
    'dist/',
    '**/next-env.d.ts',
    'playwright-report/',
    'src/client/app-router.d.ts',
    'src/sdk/generated/',
    'test-results/',
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
              message: 'Import it from #test/fast-check, which gives it the seed of the run.',
            },
          ],
        },
      ],

      // Numbers in texts read well and cannot go wrong; objects in texts stay forbidden.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => stop()` is as honest as `() => { stop(); }`, and so is a `return` that ends a function without a value.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // An interface of the AI SDK or of Node may ask for a promise where there is nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // TypeScript reports undefined names, also in the .mjs files (checkJs).
      'no-undef': 'off',
      // It has no word for `Promise.withResolvers<void>()`.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Contradicts TypeScript's noPropertyAccessFromIndexSignature, which is the stricter of the two.
      '@typescript-eslint/dot-notation': 'off',
      // Names that are not used on purpose begin with an underscore.
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
    name: 'what the compiler would pay for',
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
    name: 'where process.env is read: the schema itself, and what runs before or beside the product',
    files: [
      'server/env.ts',
      '.ci/**',
      'scripts/**',
      'test/**',
      '**/*.test.ts',
      'bench/**',
      'examples/**',
      'playwright.config.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    name: 'tests',
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**'],
    rules: {
      // Matchers such as expect.any() and bodies such as response.json() are any; a test is about to look into them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // What never happens in a test may be an empty function.
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    name: 'plain JavaScript, type-checked by tsc',
    files: ['**/*.mjs'],
    rules: {
      // They do not see the casts of JSDoc, by which a parsed file gets its type.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  prettier,
);
