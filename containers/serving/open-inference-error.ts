import type { ErrorBody } from '#contracts/errors.ts';
import { errorReply, type Reply } from './reply.ts';

/** An error as clients of the Open Inference Protocol read it: a text, which here begins with the platform's code. */
export const openInferenceError = (error: unknown, requestId: string): Reply => {
  const reply = errorReply(error, requestId);
  const { code, message } = (JSON.parse(String(reply.body)) as ErrorBody).error;
  return { ...reply, body: JSON.stringify({ error: `${code}: ${message}` }) };
};
