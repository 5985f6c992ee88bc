import type { Catalogue } from '../catalogue.ts';

export const applicationAccessText: Catalogue['applicationAccess'] = {
  others: 'Gruppen, Claims und Programme',
  kind: 'Zugang für',
  kinds: { User: 'Eine Person', Group: 'Eine Gruppe', ServicePrincipal: 'Ein Programm', Claim: 'Alle mit einem Claim' },
  idOf: {
    User: 'Objekt-ID der Person',
    Group: 'Objekt-ID der Gruppe',
    ServicePrincipal: 'Client-ID des Programms',
    Claim: 'Claim und Wert, etwa department=Finance',
  },
  role: 'Rolle',
  noRole: 'Ohne Rolle',
  assign: 'Zuweisen',
};
