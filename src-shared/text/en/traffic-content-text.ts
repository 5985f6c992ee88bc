/** What can be seen of a request beside its figures: headers, and bodies where they are captured. */
export const trafficContentText = {
  headers: 'Headers',
  requestHeaders: 'Request headers',
  responseHeaders: 'Response headers',
  noHeaders:
    'Its headers are not kept: of a burst only a hundred requests a second have them, and of old ones the last 20,000.',
  capture: 'Capture bodies',
  captureHint: 'Look at what users send and get, for some minutes',
  captureTitle: 'Capture bodies',
  captureWarning:
    'What users send and get is copied as it passes. Passwords and tokens are hidden where a name or their look gives them away, but not all can be told. Capture only what you may look at, and tell those whom it concerns. The audit of the service keeps who did it, of which application, and how long.',
  captureApplication: 'Of the application',
  captureFor: 'For',
  minutes: (count: number) => `${count} minutes`,
  captureLimits:
    'The first 256 KiB of each body are kept, 32 MiB in all, in memory alone: they are gone when you sign out or the app ends. WebSockets are left out.',
  captureFailed: 'Nothing is being captured',
  captureStart: 'Start capturing',
  captureCancel: 'Cancel',
  captureStop: 'Stop',
  capturing: (name: string) => `Bodies of ${name} are being captured`,
  capturingBy: (who: string, until: string) => `Started by ${who}, until ${until}`,
  captured: (count: string) => `Captured so far: ${count}`,
  bodies: 'Bodies',
  requestBody: 'Request body',
  responseBody: 'Response body',
  emptyBody: 'empty',
  binary: 'no text, as hexadecimal',
  beginning: 'its beginning',
  copyBody: 'Copy the body',
  discard: (count: number) => `Discard all captured bodies (${count})`,
};
