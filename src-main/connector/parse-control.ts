import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { decodeUtf8 } from '../../src-shared/wire/octets.ts';

/** Reads a control message. @throws PosternError `TUNNEL_PROTOCOL` naming what is wrong. */
export function parseControl<Value>(
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false; error: Error } },
  payload: Uint8Array,
): Value {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(payload));
  } catch (error) {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'A control message is not JSON in UTF-8.', cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PosternError('TUNNEL_PROTOCOL', {
    message: `A control message has a wrong form: ${result.error.message}`,
    cause: result.error,
  });
}
