import type { Application } from '../../src-shared/publishing/application.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';

/** The application with the whole address of its logo, for those who are not on the service's host. */
export function withLogoAddress(application: Application, { origin }: ServiceAddresses): Application {
  const { logoUrl } = application.info;
  return logoUrl === null ? application : { ...application, info: { logoUrl: origin + logoUrl } };
}
