import type { z } from 'zod';
import { PosternError } from '../errors/postern-error.ts';
import type { FRAME_TYPES } from './frame.ts';
import { decodeUtf8 } from './octets.ts';

/** Reads a control message. @throws PosternError `TUNNEL_PROTOCOL` that names the message and the field, for whoever wrote the other end */
export function parseControl<Value>(
  name: keyof typeof FRAME_TYPES,
  schema: z.ZodType<Value>,
  payload: Uint8Array,
): Value {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(payload));
  } catch (error) {
    throw new PosternError('TUNNEL_PROTOCOL', { message: `${name} is not JSON in UTF-8.`, cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path = [], message = '' } = result.error.issues[0] ?? {};
  const field = path.length === 0 ? '' : `${path.join('.')}: `;
  throw new PosternError('TUNNEL_PROTOCOL', {
    message: `${name} is malformed: ${field}${message}.`,
    cause: result.error,
  });
}
