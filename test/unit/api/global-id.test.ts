import { describe, expect, it } from '@jest/globals';
import { parseGlobalId, printGlobalId, rowOf } from '../../../src/api/global-id.ts';

describe('parseGlobalId', () => {
  it('reads what printGlobalId wrote', () => {
    const key = parseGlobalId(printGlobalId('Mention', 12));

    expect(key).toEqual({ kind: 'Mention', row: 12 });
  });

  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['another kind', Buffer.from('Window:1').toString('base64url')],
    ['no number', Buffer.from('Mention:one').toString('base64url')],
    ['another spelling of the number', Buffer.from('Mention:01').toString('base64url')],
    ['a fraction', Buffer.from('Mention:1.5').toString('base64url')],
    ['more parts', Buffer.from('Mention:1:2').toString('base64url')],
    ['padding', Buffer.from('Mention:12').toString('base64')],
    ['a name of Object.prototype', Buffer.from('constructor:1').toString('base64url')],
  ])('refuses %s', (_name, id) => {
    expect(parseGlobalId(id)).toBeNull();
  });
});

describe('rowOf', () => {
  it('knows ids of its kind only', () => {
    const id = printGlobalId('Document', 3);

    expect([rowOf('Document', id), rowOf('Mention', id)]).toEqual([3, null]);
  });
});
