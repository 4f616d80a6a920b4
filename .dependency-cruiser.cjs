/**
 * Imports point one way: dsp ← stages → pipeline; runtime → pipeline; net ← stages, transports; transports → stages,
 * pipeline; app sees all.
 */
const only = (room, allowed) => ({
  name: `${room}-imports-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: [`^src/${room}/`, '^src/errors\\.ts$', ...allowed.map((name) => `^src/${name}/`)],
  },
})

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('dsp', []),
    only('pipeline', []),
    only('runtime', ['pipeline']),
    only('media', ['pipeline', 'dsp']),
    only('net', []),
    only('storage', ['media']),
    only('models', ['runtime', 'media', 'storage', 'config']),
    only('stages', ['pipeline', 'dsp', 'runtime', 'media', 'config', 'storage', 'models', 'net']),
    only('testing', ['pipeline']),
    only('config', []),
    only('transports', ['pipeline', 'stages', 'media', 'config', 'net', 'client']),
    only('client', []),
    {
      name: 'client-runs-in-browsers',
      severity: 'error',
      from: { path: '^src/client/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-optional', 'npm-dev', 'core', 'local'],
        pathNot: '^src/client/',
      },
    },
    {
      name: 'only-app-and-cli-see-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|main\\.ts)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'pipeline-knows-rxjs-only',
      severity: 'error',
      from: { path: '^src/pipeline/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-optional', 'npm-dev', 'core'], pathNot: 'node_modules/rxjs' },
    },
    {
      name: 'dsp-knows-nothing',
      severity: 'error',
      from: { path: '^src/dsp/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-optional', 'npm-dev', 'core'] },
    },
    {
      name: 'one-door-to-onnxruntime',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/runtime/ort\\.ts$' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'one-door-to-websockets',
      severity: 'error',
      from: { path: '^src/', pathNot: '(^src/net/ws\\.ts$|\\.test\\.ts$|/fixtures/)' },
      to: { path: 'node_modules/(@types/)?ws/' },
    },
    {
      name: 'one-room-for-ffmpeg',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/media/' },
      to: { path: 'node_modules/node-av' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.test\\.ts$|^src/testing/)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
