/** What the compiler does not say: forgotten promises, forgotten cases, and imports that go up the layers. */
import tseslint from 'typescript-eslint';

/** Layers from the bottom up: a folder may import from itself and from those before it. ARCHITECTURE.md says why. */
const layers = ['catalog', 'syntax', 'facts', 'flow', 'index', 'rules', 'fix', 'explain', 'patch', 'session', 'report'];

const onlySyntax = {
  group: ['tree-sitter', 'tree-sitter-c', 'web-tree-sitter'],
  message: 'only server/src/syntax knows tree-sitter',
};
const onlyLsp = {
  group: ['vscode-languageserver', 'vscode-languageserver/*', 'vscode-languageserver-textdocument'],
  message: 'only server/src/lsp speaks the protocol',
};
const onlyClient = {
  group: ['vscode', 'vscode-languageclient', 'vscode-languageclient/*'],
  message: 'only client/ runs in the editor',
};
const noNode = {
  group: ['node:*', 'fs', 'path', 'os', 'child_process', 'worker_threads'],
  message: 'this layer runs in a web worker too: ask the Host',
};

const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

/** Folders under server/src that a layer must not import: those above it, and the fronts. */
const above = (layer) => {
  const higher = [...layers.slice(layers.indexOf(layer) + 1), 'cli', 'lsp'];
  return {
    regex: `^(\\.\\./)+(${higher.join('|')})/(?!model\\.js$)`,
    message: `${layer} must not import a layer above it (its model.ts, types only, excepted)`,
  };
};
const layerRules = layers.map((layer) => ({
  files: [`server/src/${layer}/**/*.ts`],
  rules: imports(above(layer), onlyLsp, onlyClient, noNode, ...(layer === 'syntax' ? [] : [onlySyntax])),
}));

export default tseslint.config(
  { ignores: ['out/**', 'node_modules/**', '**/*.d.ts'] },
  {
    files: ['client/**/*.ts', 'server/**/*.ts', 'simulator/**/*.ts', 'test/**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] }],
        },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-debugger': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  ...layerRules,
  // Entries of worker threads: they bring the Node host.
  { files: ['server/src/**/worker.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['test/tools/**/*.ts', 'test/corpus/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['server/src/engine.ts'], rules: imports(onlyLsp, onlyClient, onlySyntax, noNode) },
  { files: ['server/src/cli/**/*.ts', 'server/src/host/**/*.ts'], rules: imports(onlyLsp, onlyClient, onlySyntax) },
  { files: ['server/src/lsp/**/*.ts'], rules: imports(onlyClient, onlySyntax) },
  {
    files: ['client/**/*.ts'],
    rules: imports(onlySyntax, {
      regex: '^(\\.\\./)+server/(?!src/lsp/requests\\.js$)',
      message: 'the client talks to the server by LSP only; what they say beyond it stands in lsp/requests.ts',
    }),
  },
  {
    files: ['simulator/**/*.ts'],
    rules: {
      ...imports(
        { regex: '^(\\.\\./)+(server|client|test)/', message: 'the simulator imports nothing of ours' },
        { regex: '^[^.]', message: 'the simulator imports no package and no Node API' },
      ),
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'crypto', 'Buffer'].map((name) => ({
          name,
          message: 'a run is a function of its input: no clock, no chance, no platform',
        })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'chance comes from a seed in the request' }],
    },
  },
);
