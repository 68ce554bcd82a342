import { checkAddons } from '../../../src/app/check-addons.ts';
import { appError } from '../../../src/core/errors.ts';

describe('checkAddons', () => {
  it('finds the addons of this installation', () => {
    expect(() => checkAddons()).not.toThrow();
  });

  it.each(['better-sqlite3', 'hnswlib-node'])('names %s when it is not compiled', (name) => {
    const check = () => checkAddons((path) => !path.startsWith(name));

    expect(check).toThrow(appError('ADDON_MISSING', { name }));
  });
});
