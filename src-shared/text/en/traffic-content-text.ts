/** What can be seen of a request beside its figures: headers, and bodies where they are captured. */
export const trafficContentText = {
  headers: 'Headers',
  requestHeaders: 'Request headers',
  responseHeaders: 'Response headers',
  noHeaders:
    'Its headers are not kept: of a burst only a hundred requests a second have them, and of old ones the last 20,000.',
};
