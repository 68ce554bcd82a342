import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';

const readme = readFileSync('README.md', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Record<string, string>;
};

/** What stands in the README's code blocks of a language. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block ?? '',
  );

describe('README.md', () => {
  it('has queries that the schema accepts', () => {
    const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

    const errors = blocks('graphql').flatMap((query) => validate(schema, parse(query)));

    expect(blocks('graphql').length).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('names only commands that package.json has', () => {
    const commands = [...readme.matchAll(/\bnpm (?:run )?(start|test|[a-z]+)\b(?= --|\s|`)/g)].map(
      ([, command]) => command ?? '',
    );

    const unknown = commands.filter((command) => !(command in manifest.scripts));

    expect(unknown).toEqual([]);
  });

  it('links only to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');

    const broken = links.filter((path) => {
      try {
        readFileSync(path);
        return false;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'EISDIR';
      }
    });

    expect(links.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });
});
