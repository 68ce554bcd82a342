import { describe, expect, it } from '@jest/globals';
import { refusal } from '../../../src/api/local-only.ts';

describe('refusal', () => {
  it.each([
    ['localhost:4000', undefined],
    ['LOCALHOST', undefined],
    ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['[::1]:4000', 'http://[::1]:4000'],
    ['localhost:4000', 'http://localhost:5173'],
    ['desk.example:4000', 'https://desk.example'],
  ])('lets Host %s with Origin %s in', (host, origin) => {
    const error = refusal({ host, origin }, ['desk.example']);

    expect(error).toBeNull();
  });

  it.each([
    [undefined, undefined, 'Host'],
    ['', undefined, 'Host'],
    ['evil.example', undefined, 'Host'],
    ['localhost.evil.example', undefined, 'Host'],
    ['127.0.0.1.evil.example:4000', undefined, 'Host'],
    ['evil.example#localhost', undefined, 'Host'],
    ['user@localhost', undefined, 'Host'],
    ['127.0.0.2', undefined, 'Host'],
    ['localhost:4000', 'http://evil.example', 'Origin'],
    ['localhost:4000', 'null', 'Origin'],
    ['localhost:4000', 'file://', 'Origin'],
    ['localhost:4000', 'http://localhost@evil.example', 'Origin'],
    ['localhost:4000', 'chrome-extension://localhost', 'Origin'],
  ])('refuses Host %s with Origin %s', (host, origin, header) => {
    const error = refusal({ host, origin }, ['desk.example']);

    expect(error).toMatchObject({ code: 'REQUEST_NOT_LOCAL', details: { header } });
  });
});
