import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Rule {
  readonly name: string;
  readonly comment?: string;
}

/** First cell of every row of a section's table, without its code marks. */
function namesIn(section: string): string[] {
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? '');
}

const [, atRunTime = '', atBuildTime = ''] = readFileSync('docs/dependencies.md', 'utf8').split(
  '\n## ',
);
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
};

describe('docs/dependencies.md', () => {
  it('has a line for every dependency at run time', () => {
    const documented = namesIn(atRunTime);

    expect(documented).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it('has a line for every dependency to build and test', () => {
    const documented = namesIn(atBuildTime);

    expect(documented).toEqual(Object.keys(manifest.devDependencies).sort());
  });

  it('names the owners that the layer check enforces', () => {
    const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
      readonly forbidden: readonly Rule[];
    };
    const enforced = new Map(
      forbidden
        .filter(({ name }) => name.startsWith('owner-of-'))
        .map(({ name, comment }) => [name.slice('owner-of-'.length), comment]),
    );

    const documented = [...atRunTime.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]+) \|/gm)].map(
      ([, name = '', owners = '']) => [name, owners.replaceAll('`', '')] as const,
    );

    expect(documented.length).toBeGreaterThan(0);
    for (const [name, owners] of documented) {
      const comment = enforced.get(name) ?? enforced.get(name.split('/')[0] ?? '');
      expect(comment).toBe(`${comment?.split(' ')[0]} is imported by ${owners} only.`);
    }
  });
});

describe('package-lock.json', () => {
  it('has an entry for every optional package, also those of other systems, or npm ci refuses it', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      readonly packages: Record<string, { readonly optionalDependencies?: Record<string, string> }>;
    };
    const wanted = Object.values(packages).flatMap(({ optionalDependencies }) =>
      Object.keys(optionalDependencies ?? {}),
    );

    const missing = wanted.filter(
      (name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
    );

    expect(wanted.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
