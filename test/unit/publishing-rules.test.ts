import { expect, test } from 'vitest';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { checkSettings } from '../../src-service/api/publishing-rules.ts';
import { serviceAddresses } from '../../src-service/config/service-addresses.ts';
import { ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';

const rules = {
  addresses: serviceAddresses('https://postern.example/'),
  additionalHosts: [],
  identityProviderIds: ['default'],
  ownAudiences: ['sign-in-client', 'api://admin'],
};

/** The fields at fault of an application with segments at these external URLs. */
function fieldsAtFault(externalUrls: readonly string[], change: object = {}): string[] {
  const applicationSegments = externalUrls.map((externalUrl) => ({
    externalUrl,
    internalUrl: 'http://a.internal/',
    alternateUrl: null,
    corsConfigurations: [],
  }));
  try {
    const onPremisesPublishing = {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      externalUrl: 'https://*.apps.example/',
      internalUrl: 'http://*.internal/',
      segmentsConfiguration: { applicationSegments },
      ...change,
    };
    checkSettings({ web: { homePageUrl: null }, onPremisesPublishing }, rules);
    return [];
  } catch (error) {
    if (!(error instanceof FieldsError)) throw error;
    return error.problems.map(({ target }) => target.replace('onPremisesPublishing.', ''));
  }
}

test('B7 one address in two spellings is one address', () => {
  expect(fieldsAtFault(['https://a.example/app/', 'https://b.example/app/', 'https://a.example/app/x/'])).toEqual([]);
  expect(fieldsAtFault(['https://a.example/app/', 'https://A.example:443/%61pp/'])).toEqual([
    'segmentsConfiguration.applicationSegments.1.externalUrl',
  ]);
});

test('B18 an audience of the service itself is refused by the place where it stands', () => {
  const accessTokenAudiences = ['api://orders', 'api://admin', 'sign-in-client'];
  expect(fieldsAtFault([], { segmentsConfiguration: null, accessTokenAudiences })).toEqual([
    'accessTokenAudiences.1',
    'accessTokenAudiences.2',
  ]);
});

test('B7 what the segments carry to the connectors together is bounded', () => {
  const many = Array.from({ length: 100 }, (_, index) => `https://s${index}.example/`);
  expect(fieldsAtFault(many, { backendTrustedCertificates: 'x'.repeat(10_000) })).toEqual([]);
  expect(fieldsAtFault(many, { backendTrustedCertificates: 'x'.repeat(60_000) })).toEqual([
    'backendTrustedCertificates',
  ]);
});

test('B11 an identity provider that is not configured is refused by name', () => {
  const withProvider = (identityProviderId: string | null): string[] =>
    fieldsAtFault([], { segmentsConfiguration: null, identityProviderId });
  expect(withProvider('nowhere')).toEqual(['identityProviderId']);
  expect(withProvider('default')).toEqual([]);
  expect(withProvider(null)).toEqual([]);
});
