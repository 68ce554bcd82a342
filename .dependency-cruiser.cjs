// The layering of src/, lowest row first. A file may import its own folder and any row
// below its own; folders in the same row do not know each other. Type-only imports count.
const rows = [
  ['core'],
  ['ipc'],
  ['text', 'formats', 'onnx', 'telemetry'],
  ['ner', 'vectors', 'store'],
  ['training', 'ingest', 'search'],
  ['api'],
  ['app'],
  ['cli'],
];

/** Every vendor package that src/ imports, with the only folders that may. */
const owners = {
  'onnxruntime-node': ['onnx'],
  protobufjs: ['onnx'],
  tokenizers: ['text'],
  '@mozilla/readability': ['formats'],
  'csv-parse': ['formats'],
  linkedom: ['formats'],
  'postal-mime': ['formats'],
  saxes: ['formats'],
  unpdf: ['formats'],
  yauzl: ['formats'],
  'hnswlib-node': ['vectors'],
  '@prisma': ['store'],
  'better-sqlite3': ['store'],
  '@apollo': ['api'],
  '@as-integrations': ['api'],
  '@escape.tech': ['api'],
  'altair-static': ['api'],
  dataloader: ['api'],
  fastify: ['api'],
  '@fastify': ['api'],
  graphql: ['api'],
  '@graphql-tools': ['api'],
  'graphql-scalars': ['api'],
  'graphql-ws': ['api'],
  ws: ['api'],
  wabt: ['training'],
  zod: ['app', 'ner', 'training'],
  pino: ['telemetry'],
  chokidar: ['app'],
  commander: ['cli'],
  'cli-progress': ['cli'],
};

const folder = (names) => `^src/(${names.join('|')})/`;

/** The rows from `i` on without the folder itself: what a file of that folder must not import. */
const notBelow = (name, i) =>
  rows
    .slice(i)
    .flat()
    .filter((other) => other !== name);

const layering = rows.flatMap((row, i) =>
  row
    .filter((name) => notBelow(name, i).length > 0)
    .map((name) => ({
      name: `layer-${name}`,
      severity: 'error',
      from: { path: folder([name]) },
      to: { path: folder(notBelow(name, i)) },
    })),
);

const vendors = Object.entries(owners).map(([name, folders]) => ({
  name: `owner-of-${name}`,
  comment: `${name} is imported by ${folders.join(', ')} only.`,
  severity: 'error',
  from: { path: '^src/', pathNot: [folder(folders), '^src/generated/'] },
  to: { path: `(^|/)node_modules/${name}/` },
}));

module.exports = {
  forbidden: [
    ...layering,
    ...vendors,
    {
      name: 'known-folder',
      comment: 'Every file of src/ is in a folder of the rows above, or is the library entry.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [folder(rows.flat()), '^src/generated/', '^src/spandex\\.ts$'],
      },
      to: {},
    },
    {
      name: 'vendor-has-owner',
      comment: 'A package that src/ imports is in the table of owners.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/generated/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: `(^|/)node_modules/(@types/)?(${Object.keys(owners).join('|')})/`,
      },
    },
    {
      name: 'library-entry',
      comment: 'The library extracts in process: it loads neither SQLite nor HNSW.',
      severity: 'error',
      from: { path: '^src/spandex\\.ts$' },
      to: { path: '^src/', pathNot: folder(['core', 'text', 'onnx', 'ner']) },
    },
    {
      name: 'library-entry-stays-light',
      severity: 'error',
      from: { path: '^src/spandex\\.ts$' },
      to: {
        path: '(^|/)node_modules/(better-sqlite3|hnswlib-node|@prisma|@apollo)/',
        reachable: true,
      },
    },
    {
      name: 'owner-of-generated-prisma',
      severity: 'error',
      from: { path: '^src/', pathNot: [folder(['store']), '^src/generated/'] },
      to: { path: '^src/generated/prisma/' },
    },
    {
      name: 'owner-of-generated-graphql',
      severity: 'error',
      from: { path: '^src/', pathNot: folder(['api']) },
      to: { path: '^src/generated/graphql\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'Generated resolver types name the types of api/ that name them: no code, no cycle.',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true, viaOnly: { pathNot: '^src/generated/' } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
    reporterOptions: { mermaid: { minify: false } },
  },
};
