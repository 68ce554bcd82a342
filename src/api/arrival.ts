/**
 * How slowly a request's body may arrive, so that slow senders cannot hold connections: an upload takes
 * as long as its sender goes on sending, every other body has a time to be there. Headers have Node's
 * own limit.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, appError } from '../core/errors.ts';
import { answerError } from './errors.ts';

/** The limits; the settings of the same names say what each is for. */
export interface ArrivalLimits {
  readonly maxBodySeconds: number;
  readonly maxUploadSilenceSeconds: number;
}

/** Answers with the error and ends the connection, unless the body is there or the answer is given. */
function endUnlessArrived(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  if (request.raw.complete || reply.sent) return;
  // Whoever reads the body is told once the answer is on its way.
  reply.raw.once('close', () => request.raw.destroy(error));
  void answerError(reply, error);
}

/** Ends an upload of which nothing comes. Returns what ends the watch. */
function watchSilence(request: FastifyRequest, reply: FastifyReply, seconds: number): () => void {
  const { socket } = request.raw;
  let known = socket.bytesRead;
  const timer = setInterval(() => {
    const isSilent = socket.bytesRead === known;
    known = socket.bytesRead;
    const details = { rule: 'go on arriving', value: `nothing for ${seconds} s` };
    if (isSilent) endUnlessArrived(request, reply, appError('REQUEST_TOO_SLOW', details));
  }, seconds * 1000);
  return () => clearInterval(timer);
}

/** Ends a request that is not whole in time. Returns what ends the watch. */
function watchDeadline(request: FastifyRequest, reply: FastifyReply, seconds: number): () => void {
  const details = { rule: `arrive within ${seconds} s`, value: 'a part of it' };
  const timer = setTimeout(
    () => endUnlessArrived(request, reply, appError('REQUEST_TOO_SLOW', details)),
    seconds * 1000,
  );
  return () => clearTimeout(timer);
}

/** Has slow requests end, those to `uploadUrl` by their silence and all others by their length. */
export function limitArrival(
  fastify: FastifyInstance,
  uploadUrl: string,
  { maxBodySeconds, maxUploadSilenceSeconds }: ArrivalLimits,
): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const stop =
      request.routeOptions.url === uploadUrl
        ? watchSilence(request, reply, maxUploadSilenceSeconds)
        : watchDeadline(request, reply, maxBodySeconds);
    reply.raw.once('close', stop);
  });
}
