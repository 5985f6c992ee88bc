import type { Catalogue } from '../catalogue.ts';

export const trafficContentText: Catalogue['trafficContent'] = {
  headers: 'Kopfzeilen',
  requestHeaders: 'Kopfzeilen der Anfrage',
  responseHeaders: 'Kopfzeilen der Antwort',
  noHeaders:
    'Ihre Kopfzeilen sind nicht aufgehoben: bei großem Andrang nur die von hundert Anfragen je Sekunde, von alten die der letzten 20.000.',
};
