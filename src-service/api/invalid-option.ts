import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** The refusal of a query option such as `$filter`. */
export function invalidOption(target: string, message: string): PosternError {
  return new PosternError('API_INVALID', { message: `${target}: ${message}.`, target });
}
