/** The form of the segments of an application. */
export const segmentsText = {
  add: 'Add a segment',
  title: (externalUrl: string, place: number) => (externalUrl === '' ? `Segment ${place}` : externalUrl),
  summary: (internalUrl: string, rules: number) =>
    `Leads to ${internalUrl === '' ? '…' : internalUrl}${rules === 0 ? '' : rules === 1 ? ', 1 CORS rule' : `, ${rules} CORS rules`}`,
  externalUrl: 'External URL',
  internalUrl: 'Internal URL',
  alternateUrl: {
    label: 'Alternate URL',
    hint: 'A further external URL of the same, such as that of a traffic manager in front. Default: none.',
  },
  cors: (resource: string) => `CORS rule for ${resource}`,
  addCors: 'Let pages of other sites ask (CORS)',
  removeCors: (resource: string) => `Remove the CORS rule for ${resource}`,
  resource: { label: 'CORS: path', hint: '/ is all of the segment.' },
  allowedOrigins: 'Origins that may ask, one in each line',
  allowedMethods: 'Methods, one in each line',
  allowedHeaders: { label: 'Headers, one in each line', hint: 'A * at the end stands for any rest.' },
  maxAge: { label: 'Seconds that browsers remember it', hint: '0 to 86400. Default: 0.' },
  fields: {
    externalUrl: 'External URL',
    internalUrl: 'Internal URL',
    alternateUrl: 'Alternate URL',
    resource: 'CORS: path',
    allowedOrigins: 'Origins',
    allowedMethods: 'Methods',
    allowedHeaders: 'Headers',
    maxAgeInSeconds: 'Seconds',
  },
};
