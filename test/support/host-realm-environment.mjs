import { TestEnvironment } from 'jest-environment-node';

/** Jest runs tests in a vm realm; native addons hand back typed arrays of the host realm. Share them. */
export default class HostRealmEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of [
      'Float32Array',
      'Float64Array',
      'Int32Array',
      'BigInt64Array',
      'Uint8Array',
      'ArrayBuffer',
      'Int8Array',
      'Uint16Array',
      'Int16Array',
      'Uint32Array',
      'BigUint64Array',
    ]) {
      this.global[name] = globalThis[name];
    }
  }
}
