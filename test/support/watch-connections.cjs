/**
 * Preloaded into every Node process of a tree (NODE_OPTIONS): appends a line to the file WATCH_FILE for
 * each attempt to reach something: a connection, a name looked up, a datagram. Nothing is hindered.
 */
const { appendFileSync } = require('node:fs');
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

const note = (what, where) =>
  appendFileSync(process.env.WATCH_FILE, `${what} ${JSON.stringify(where ?? null)}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function watched(...args) {
  const [given] = args.flat();
  // A path is a pipe of this machine.
  const isPipe = typeof given === 'string' || given?.path !== undefined;
  if (!isPipe)
    note('connect', typeof given === 'number' ? args : { host: given?.host, port: given?.port });
  return connect.apply(this, args);
};

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function watched(...args) {
  note(
    'datagram',
    args.filter((argument) => ['string', 'number'].includes(typeof argument)),
  );
  return send.apply(this, args);
};

for (const library of [dns, dns.promises]) {
  for (const name of Object.keys(library)) {
    const original = library[name];
    if (typeof original !== 'function' || !/^(lookup|resolve|reverse)/.test(name)) continue;
    library[name] = (...args) => {
      // Listening looks its own address up; only a name goes to the network.
      if (net.isIP(String(args[0])) === 0) note(name, args[0]);
      return original.apply(library, args);
    };
  }
}
