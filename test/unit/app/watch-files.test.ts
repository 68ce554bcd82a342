import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import type { AppError } from '../../../src/core/errors.ts';

const watcher = Object.assign(new EventEmitter(), { close: async () => undefined });
jest.unstable_mockModule('chokidar', () => ({ watch: () => watcher }));
const { watchFiles } = await import('../../../src/app/watch-files.ts');

describe('watchFiles', () => {
  it('tells of what cannot be watched and goes on', async () => {
    const failures: AppError[] = [];
    const told: string[] = [];
    const ending = new AbortController();
    const watching = watchFiles({
      paths: ['documents'],
      onReady: async () => undefined,
      onChange: async (paths) => {
        told.push(...paths);
        ending.abort();
      },
      onFailure: (error) => failures.push(error),
      signal: ending.signal,
    });

    watcher.emit('error', Object.assign(new Error('no'), { code: 'EACCES', path: 'documents/a' }));
    watcher.emit('error', Object.assign(new Error('no'), { code: 'ENOSPC' }));
    watcher.emit('ready');
    watcher.emit('add', 'documents/b.txt');
    await watching;

    expect(failures.map(({ code }) => code)).toEqual(['FILE_UNREADABLE', 'FILE_UNREADABLE']);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/"documents\/a" \(it cannot be watched: its permissions/),
      expect.stringMatching(/"documents" \(it cannot be watched: the system watches no more/),
    ]);
    expect(told).toEqual(['documents/b.txt']);
  });
});
