import { z } from 'zod';

// What many answers have.

export const tag = z.string().describe('The version of the resource, for If-Match and If-None-Match.');
export const tagged = { '@odata.etag': tag };
export const dateTime = z.iso.datetime();
export const count = z.number().int();
export const nodeScope = z.literal('node').describe('Of the node that answers, alone.');
export const status = z.enum(['ok', 'degraded', 'down']);

/** Named in the document, so that generated clients have a type of that name. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  return schema.meta({ id });
}
