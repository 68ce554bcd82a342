import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { askServer } from '../../support/ask-server.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { cliResult, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
let model: string;

beforeAll(async () => {
  model = await writeRandomBundle(folder);
});

const serveArgs = (data: string, port: number): string[] => [
  'serve',
  '--model',
  model,
  '--data',
  join(folder, data),
  '--port',
  String(port),
];

describe('spandex serve', () => {
  it('says where it is, answers, and ends in order when told to', async () => {
    const child = startCli([...serveArgs('served', 0), '--json']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, graphql } = JSON.parse(line.toString()) as { url: string; graphql: string };

    const { data } = await askServer(
      url,
      '{ entityTypes(first: 10) { nodes { name } } status { model { name } } }',
    );
    child.kill('SIGTERM');
    const { code, stderr } = await cliResult(child);

    expect(graphql).toBe(`${url}/graphql`);
    expect(data.status.model.name).toBe('random');
    expect(data.entityTypes.nodes).toEqual([{ name: 'Chemical' }, { name: 'Disease' }]);
    expect(code).toBe(0);
    expect(stderr).toContain('closing');
  });

  it('exits with 4 when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };

    const { code, stdout, stderr } = await runCli(serveArgs('taken', port));
    other.close();

    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^ADDRESS_UNAVAILABLE: .*port ${port}, must be free`, 'm'));
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('exits with 2 for a model that is none', async () => {
    const { code, stderr } = await runCli([
      'serve',
      '--model',
      folder,
      '--data',
      join(folder, 'x'),
    ]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^BUNDLE_INVALID: /m);
  });
});
