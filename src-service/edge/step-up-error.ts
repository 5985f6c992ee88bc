import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type AuthenticationRequirement, describeRequirement } from '../identity/authentication-requirement.ts';

/** A refusal that says how the user must sign in for it to be none (RFC 9470). */
export class StepUpError extends PosternError {
  readonly requirement: AuthenticationRequirement;

  constructor(requirement: AuthenticationRequirement) {
    super('EDGE_STEP_UP', { message: `This application asks for ${describeRequirement(requirement)}.` });
    this.requirement = requirement;
  }

  /** The parameters of the challenge: any of the `acr_values`, no older than `max_age` seconds. */
  get parameters(): { readonly acr_values?: string; readonly max_age?: number } {
    const { acrValues, maxAgeSeconds } = this.requirement;
    return {
      ...(acrValues.length > 0 && { acr_values: acrValues.flat().join(' ') }),
      ...(maxAgeSeconds !== null && { max_age: maxAgeSeconds }),
    };
  }
}
