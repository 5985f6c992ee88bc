import type { Catalogue } from '../catalogue.ts';

export const urlProblemsText: Catalogue['urlProblems'] = {
  empty: 'Geben Sie eine Adresse ein, die mit http:// oder https:// beginnt.',
  length: 'Die Adresse ist länger als 2048 Zeichen.',
  malformed: 'Das ist keine gültige Adresse. Sie sieht aus wie https://name.example.com/.',
  scheme: 'Die Adresse muss mit http:// oder https:// beginnen.',
  fragment: 'Nehmen Sie den Teil ab # aus der Adresse.',
  query: 'Nehmen Sie den Teil ab ? aus der Adresse.',
  credentials: 'Nehmen Sie Benutzernamen und Kennwort aus der Adresse.',
  trailingSlash: 'Die Adresse muss mit / enden.',
  wildcardPlace: 'Ein * darf nur für den ganzen ersten Teil des Hosts stehen, wie in https://*.apps.example.com/.',
  ambiguousPath: 'Der Pfad enthält eine Folge, die Server verschieden lesen, etwa // oder %2e.',
  semicolon: 'Der Pfad enthält ein ;, das Server verschieden lesen.',
  ipAddress: 'Hier brauchen Benutzer einen Hostnamen, keine IP-Adresse.',
  ipNotAllowed: 'Eine IP-Adresse geht nur, wenn sie für diese Anwendung zugelassen ist.',
  hostName: 'Ein Hostname hat Buchstaben, Ziffern, Bindestriche und Punkte dazwischen, und keinen Punkt am Ende.',
  wildcardDomain: 'Hinter einem Platzhalter muss eine Domäne stehen, wie in https://*.apps.example.com/.',
  externalWildcard: 'Die externe URL hat ein * als Host, darum braucht diese auch eines.',
  internalWildcard: 'Die interne URL hat ein * als Host, darum braucht diese auch eines.',
};
