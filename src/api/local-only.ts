/**
 * Which requests are let in. The server has no accounts, so it must not answer a web page from
 * elsewhere that reaches it through its visitor's browser: neither by a name that was pointed at
 * this machine (DNS rebinding: the header Host tells) nor across origins (the header Origin tells).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type AppError, appError } from '../core/errors.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** The host name of an authority such as `localhost:4000`, or null when it is none. */
function hostName(authority: string): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.exec(authority);
  return match?.[1]?.toLowerCase() ?? null;
}

function originHostName(origin: string): string | null {
  const match = /^https?:\/\/([^/?#]+)$/i.exec(origin);
  return match?.[1] === undefined ? null : hostName(match[1]);
}

/**
 * The reason to refuse a request (REQUEST_NOT_LOCAL), or null when its Host and Origin are fine.
 * Programs send no Origin; a browser's `null` origin (a file, a sandbox) is refused.
 */
export function refusal(
  headers: IncomingHttpHeaders,
  allowedHosts: readonly string[],
): AppError | null {
  const isAllowed = (name: string | null): boolean =>
    name !== null && (loopbackNames.includes(name) || allowedHosts.includes(name));
  const { host, origin } = headers;
  if (!isAllowed(hostName(host ?? ''))) {
    return appError('REQUEST_NOT_LOCAL', { header: 'Host', value: host ?? '' });
  }
  if (origin !== undefined && !isAllowed(originHostName(origin))) {
    return appError('REQUEST_NOT_LOCAL', { header: 'Origin', value: origin });
  }
  return null;
}
