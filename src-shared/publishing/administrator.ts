import { z } from 'zod';

/** What a caller's roles permit: everything, or reading alone. */
export const administratorAccessSchema = z.enum(['administrator', 'reader']);

/** The answer of `GET /postern/me`: who calls, and what they may do. */
export const callerSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  kind: z.enum(['user', 'application']),
  clientId: z.string().nullable(),
  roles: z.array(z.string()).describe('The roles that the token carries.'),
  access: administratorAccessSchema,
});
export type Caller = z.infer<typeof callerSchema>;
