import { z } from 'zod';

/** An identity provider of the service, as administrators see it: nothing in it is secret. */
export const identityProviderSchema = z.strictObject({
  id: z.string().describe('By which applications, sessions and assignments name it; that of the configuration.'),
  displayName: z.string().describe('What users read where they choose one.'),
  issuer: z.string().describe('As the provider spells it in its discovery document.'),
  isDefault: z.boolean().describe('Whether it signs in the users of applications that name none.'),
});
export type IdentityProvider = z.infer<typeof identityProviderSchema>;
