import { readFileSync } from 'node:fs';
import { printConfiguration, readConfig } from '../../../src/app/config.ts';

describe('readConfig', () => {
  it('serves this machine only unless told otherwise', () => {
    const config = readConfig({});

    expect(config).toMatchObject({ host: '127.0.0.1', port: 4000, allowedHosts: [] });
  });

  it('reads numbers, levels and lists, and takes an empty variable as not set', () => {
    const config = readConfig({
      SPANDEX_PORT: '0',
      SPANDEX_LOG_LEVEL: 'silent',
      SPANDEX_ALLOWED_HOSTS: ' Example.org, desk.local ',
      SPANDEX_HOST: '',
    });

    expect(config).toMatchObject({
      port: 0,
      logLevel: 'silent',
      allowedHosts: ['example.org', 'desk.local'],
      host: '127.0.0.1',
    });
  });

  it.each([
    ['SPANDEX_PORT', '70000'],
    ['SPANDEX_PORT', 'http'],
    ['SPANDEX_PORT', '1.5'],
    ['SPANDEX_LOG_LEVEL', 'loud'],
    ['SPANDEX_MAX_TEXT_CHARS', '-1'],
    ['SPANDEX_MAX_DEPTH', 'Infinity'],
    ['SPANDEX_MAX_SILENCE_SECONDS', '0'],
  ])('refuses %s=%s by name', (variable, value) => {
    const read = () => readConfig({ [variable]: value });

    expect(read).toThrow(
      expect.objectContaining({
        code: 'SETTING_INVALID',
        message: expect.stringContaining(`${variable} must be`),
      }),
    );
  });
});

describe('printConfiguration', () => {
  it('is what docs/configuration.md says', () => {
    const documented = readFileSync('docs/configuration.md', 'utf8');

    expect(documented).toBe(printConfiguration());
  });
});
