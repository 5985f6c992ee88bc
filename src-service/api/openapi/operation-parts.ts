import { z } from 'zod';
import type { Operation, Operations } from './operation.ts';

/** Where Graph has connectors and their groups. */
export const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
/** Octets of any kind. */
export const octets = z.string().meta({ format: 'binary' });
/** What is answered with nothing but a version. */
export const change = { answer: null, isTagged: true } as const;

/** A list, and the number of what is in it. */
export function list(path: string, name: string, tag: Operation['tag'], what: string, item: z.ZodType): Operations {
  const page = z.strictObject({
    '@odata.count': z.number().int().optional().describe('The items of all pages, with $count=true.'),
    '@odata.nextLink': z.url().optional().describe('The next page; absent on the last.'),
    value: z.array(item),
  });
  return {
    [`GET ${path}`]: { operationId: `list${name}`, tag, summary: `List ${what}`, answer: page },
    [`GET ${path}/$count`]: {
      operationId: `count${name}`,
      tag,
      summary: `Count ${what}`,
      answer: z.string().regex(/^\d+$/),
      mediaTypes: ['text/plain'],
    },
  };
}

/** All of it, in one answer. */
export function values(item: z.ZodType): z.ZodType {
  return z.strictObject({ value: z.array(item) });
}
