import js from '@eslint/js'
import tseslint from 'typescript-eslint'
import rxjs from 'eslint-plugin-rxjs-x'
import { defineConfig, globalIgnores } from 'eslint/config'

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'node_modules/', 'data/', 'out/', 'test/clients/**/*.js']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Abort reasons and upstream errors are passed on as they came.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      // Typed arrays in numeric loops are indexed within bounds by construction.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'onnxruntime-node', message: 'Only src/runtime/ort.ts imports onnxruntime.' },
            { name: 'ws', message: 'Only src/net/ws.ts imports the WebSocket library.' },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only src/config/environment.ts reads the environment.',
        },
      ],
    },
  },
  {
    files: ['src/pipeline/**/*.ts'],
    plugins: { 'rxjs-x': rxjs },
    rules: {
      // Operators that hide an unbounded queue or outlive their subscribers.
      'no-restricted-syntax': [
        'error',
        ...['shareReplay', 'observeOn', 'zip', 'forkJoin', 'toPromise', 'toArray'].map((name) => ({
          selector: `ImportSpecifier[imported.name='${name}']`,
          message: `${name} hides an unbounded queue or keeps its source alive; see docs/architecture.md.`,
        })),
      ],
      'rxjs-x/no-ignored-subscription': 'off',
      'rxjs-x/no-nested-subscribe': 'error',
      'rxjs-x/no-async-subscribe': 'error',
      'rxjs-x/no-exposed-subjects': 'error',
      'rxjs-x/no-unsafe-takeuntil': 'error',
    },
  },
  {
    files: ['src/runtime/ort.ts'],
    rules: { 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['src/net/ws.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/config/environment.ts', 'test/**', 'bench/**', 'vitest.config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    // Tests and examples are clients, too.
    files: [
      'src/net/fixtures/**',
      'src/transports/**/*.test.ts',
      'src/transports/**/fixtures/**',
      'test/**',
      'examples/**',
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  { files: ['bench/**', 'examples/**', 'scripts/**', '**/*.mjs', 'bin/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        module: 'writable',
        performance: 'readonly',
      },
    },
  },
)
