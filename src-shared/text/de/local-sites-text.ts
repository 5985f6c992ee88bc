import type { Catalogue } from '../catalogue.ts';

export const localSitesText: Catalogue['localSites'] = {
  title: 'Auf diesem Rechner gefunden',
  searching: 'Webanwendungen auf diesem Rechner werden gesucht…',
  again: 'Noch einmal suchen',
  none: 'Auf diesem Rechner wurde keine Webanwendung gefunden. Geben Sie die Adresse einer Anwendung Ihres Netzes ein.',
  failed: 'Dieser Rechner konnte nicht durchsucht werden. Geben Sie die Adresse der Anwendung ein.',
  untitled: 'Ein Webserver ohne Titel',
  status: (status) => `antwortet ${status}`,
  untrusted: 'dem Zertifikat wird nicht vertraut',
};
