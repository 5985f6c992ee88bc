/**
 * What the schemas of the admin API refuse, as what must be instead: in general, and for rules that say it in words of their own.
 * `refusedFor` and `reasonOfIssue` bring schema and reason together.
 */
export const SCHEMA_REASONS = {
  fieldMissing: 'is missing.',
  fieldUnknown: 'there is no such key. Allowed here: {allowed}.',
  fieldUnknownLike: 'there is no such key. Did you mean {like}?',
  fieldUnknownHere: 'there is no such key here. Did you mean {like}?',
  mustBeText: 'must be of the type string',
  mustBeNumber: 'must be of the type number',
  mustBeWhole: 'must be a whole number',
  mustBeBoolean: 'must be of the type boolean',
  mustBeList: 'must be of the type array',
  mustBeStructure: 'must be of the type object',
  mustBeNull: 'must be of the type null',
  mustBeExactly: 'must be {allowed}',
  mustBeOneOf: 'must be one of {allowed}',
  tooSmall: 'must be at least {least}',
  tooBig: 'must be at most {most}',
  textTooShort: 'must be at least {least} characters long',
  textTooLong: 'must be at most {most} characters long',
  listTooShort: 'must be at least {least} entries long',
  listTooLong: 'must be at most {most} entries long',

  mustBeGuid: 'must be a GUID such as 11111111-1111-4111-8111-111111111111',
  mustBeNetwork: 'must be an address or a network in CIDR notation, such as 203.0.113.0/24',
  mustBeNetworkOrAll: 'must be All, an address or a network in CIDR notation, such as 203.0.113.0/24',
  mustBePath: 'must be a path that begins with /, with no *, ? or #; it is for all that lies below',
  mustBeAudience: 'must be 1 to 256 visible ASCII characters',
  mustBeHeaderName: 'must be the name of a header: letters, digits, - _ and .',
  mustBeHeaderPattern: 'must be the name of a header, or its beginning and *',
  mustBeMethod: 'must be the name of a method, such as GET',
  mustBeOrigin: 'must be an origin as browsers send it, such as https://app.example.com',
  mustBeTimeOfDay: 'must be a time of the day from 00:00 to 24:00',
  mustBeTimeZone: 'must be a time zone of the IANA list, such as Europe/Berlin',
  mustBeRoleValue: 'must be visible ASCII characters without spaces, and not begin with a full stop',
  mustBeRequiredValue: 'must be visible ASCII characters without spaces, quotes and backslashes',
  mustBeClaim: 'must be the name of a claim, = and its value, such as department=Finance',
  mustBeTransformation:
    'must be {"kind": "extract", "pattern": …}, {"kind": "prefix", "prefix": …}, toLowercase or toUppercase',
  mustBeSource: 'source must be claim, groups, roles or constant',
  noControlCharacters: 'must not contain control characters',
  roleIdIsReserved: 'must not be all zeros: that stands for entry without a role',
  roleTwice: 'Another role has {value} already',
  windowIsEmpty: 'must not be the start; a whole day is 00:00 to 24:00',
  frequencyTooLong: 'must not be more than a year',
  policyForNobody: 'names nobody. Put All there, or whom the policy is for',
  policyDemandsNothing:
    'demands nothing. Give builtInControls, acrValues or amrValues, or sessionControls.signInFrequency',
  blockAlone: 'block leaves nothing to require besides',
  nothingBesideBlock: 'means nothing beside block',
  operatorIsAnd: 'must be AND: every control is required; of a list of values one is enough',
  signOnModeNotCarried:
    'must be none or aadHeaderBased; onPremisesKerberos, pingHeaderBased and oAuthToken are not carried yet',
  kerberosNotCarried: 'is not carried yet; leave it out, and take aadHeaderBased or none as singleSignOnMode',
} as const;

export type SchemaReasonKey = keyof typeof SCHEMA_REASONS;
