import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** The body of a `$ref` request: the address of the thing meant. */
export const referenceSchema = z.object({ '@odata.id': z.string().max(2048) });

/**
 * The id at the end of a reference: `…/connectorGroups/{id}`, from any base, as scripts for Graph write it.
 * @throws PosternError `API_INVALID`
 */
export function readReference(body: z.infer<typeof referenceSchema>, collection: string): string {
  const [id, name] = body['@odata.id'].split('/').toReversed();
  // Ids hold no character that would have to be escaped.
  if (name === collection && id !== undefined && /^[\w.-]+$/.test(id)) return id;
  throw new PosternError('API_INVALID', {
    message: `@odata.id must end in ${collection}/{id}.`,
    target: '@odata.id',
  });
}
