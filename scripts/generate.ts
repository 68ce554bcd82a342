/**
 * Writes src/generated/: the resolver types of schema.graphql and Prisma's client of prisma/.
 * Nothing is done while the inputs are those of the last time (their hash is kept beside the output).
 *
 * Two conventions of src/api join the schema to the program:
 * - the interface of context.ts whose name ends in `Context` is the resolvers' context;
 * - an interface or type `<GraphQL type>Parent` exported by parents.ts is what resolvers of that type get.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = `${root}src/generated`;

const read = (path: string): string =>
  existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : '';

/** What the scalars of the schema are in TypeScript; a new scalar needs a line here. */
const scalars = {
  ID: { input: 'string', output: 'string' },
  DateTime: { input: 'Date', output: 'Date' },
  JSON: { input: 'unknown', output: 'unknown' },
  JSONObject: { input: 'Record<string, unknown>', output: 'Record<string, unknown>' },
  SafeInt: { input: 'number', output: 'number' },
};

/** Names that a file of src/api exports as a type and that end in `suffix`. */
function exportedTypes(file: string, suffix: string): string[] {
  const pattern = new RegExp(`export (?:interface|type) (\\w*${suffix})\\b`, 'g');
  return [...read(`src/api/${file}`).matchAll(pattern)].map(([, name]) => name ?? '');
}

function apiTypes(): { contextType?: string; mappers: Record<string, string> } {
  const [context] = exportedTypes('context.ts', 'Context');
  const parents = exportedTypes('parents.ts', 'Parent');
  return {
    ...(context === undefined ? {} : { contextType: `../api/context.ts#${context}` }),
    mappers: Object.fromEntries(
      parents.map((name) => [name.replace(/Parent$/, ''), `../api/parents.ts#${name}`]),
    ),
  };
}

async function generateGraphql(): Promise<void> {
  const { codegen } = await import('@graphql-codegen/core');
  const { parse } = await import('graphql');
  const typescript = await import('@graphql-codegen/typescript');
  const resolvers = await import('@graphql-codegen/typescript-resolvers');
  const code = await codegen({
    filename: 'graphql.ts',
    documents: [],
    schema: parse(read('schema.graphql')),
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
    config: {
      enumsAsTypes: true,
      immutableTypes: true,
      useTypeImports: true,
      strictScalars: true,
      defaultScalarType: 'unknown',
      scalars,
      skipTypename: true,
      resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
      ...apiTypes(),
    },
  });
  writeFileSync(`${output}/graphql.ts`, code);
}

/** Joins the provider's header with the one source of models and runs Prisma's generator on it. */
function generatePrisma(): void {
  const schema = `${output}/sqlite.prisma`;
  writeFileSync(schema, `${read('prisma/sqlite.prisma')}\n${read('prisma/models.prisma')}`);
  rmSync(`${output}/prisma`, { recursive: true, force: true });
  const run = spawnSync(
    process.execPath,
    [`${root}node_modules/prisma/build/index.js`, 'generate', `--schema=${schema}`, '--no-hints'],
    {
      cwd: output,
      encoding: 'utf8',
      // Generating needs no schema engine, but Prisma downloads one unless it is told of a file (any
      // will do); and it reports to its maker unless it is told not to.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
      },
    },
  );
  if (run.status !== 0) throw new Error(`prisma generate failed:\n${run.stdout}${run.stderr}`);
}

interface Part {
  readonly name: string;
  /** Files whose contents decide the output; the part is left out until the first one exists. */
  readonly inputs: readonly [string, ...string[]];
  readonly result: string;
  generate(): void | Promise<void>;
}

const parts: readonly Part[] = [
  {
    name: 'graphql',
    inputs: ['schema.graphql', 'src/api/context.ts', 'src/api/parents.ts'],
    result: 'graphql.ts',
    generate: generateGraphql,
  },
  {
    name: 'prisma',
    inputs: ['prisma/models.prisma', 'prisma/sqlite.prisma'],
    result: 'prisma/client.ts',
    generate: generatePrisma,
  },
];

/** The generators count as inputs too: their versions (the lock file) and this script. */
function stampOf({ inputs }: Part): string {
  const hash = createHash('sha256');
  for (const path of [...inputs, 'package-lock.json', 'scripts/generate.ts']) {
    hash.update(`${path}\0${read(path)}\0`);
  }
  return hash.digest('hex');
}

async function generate(part: Part): Promise<void> {
  const stampFile = `${output}/${part.name}.stamp`;
  const stamp = stampOf(part);
  if (!existsSync(`${root}${part.inputs[0]}`)) return;
  const isCurrent = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isCurrent && existsSync(`${output}/${part.result}`)) return;
  await part.generate();
  writeFileSync(stampFile, stamp);
  console.error(`generated src/generated/${part.result}`);
}

mkdirSync(output, { recursive: true });
for (const part of parts) await generate(part);
