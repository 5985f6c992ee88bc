import type { AllowListReasonKey } from '../../errors/allow-list-reasons.ts';

export const allowListReasonsText: Readonly<Record<AllowListReasonKey, string>> = {
  allowListUnnamed: 'Die Freigabeliste dieses Connectors nennt {host} Port {port} nicht.',
  allowListUnnamedAddress: 'Die Freigabeliste dieses Connectors nennt {host}, hier {address}, Port {port} nicht.',
  allowListHours: 'Die Freigabeliste dieses Connectors gibt {host} Port {port} nur zu anderen Zeiten frei.',
  allowListHoursAddress:
    'Die Freigabeliste dieses Connectors gibt {host}, hier {address}, Port {port} nur zu anderen Zeiten frei.',
  allowListProtected:
    '{host} ist eine verbindungslokale Adresse oder eine der Metadaten einer Cloud, und die Freigabeliste dieses Connectors nennt sie nicht.',
  allowListProtectedAddress:
    '{host}, hier {address}, ist eine verbindungslokale Adresse oder eine der Metadaten einer Cloud, und die Freigabeliste dieses Connectors nennt sie nicht.',
  allowListByAddress:
    'Die Freigabeliste dieses Connectors nennt {host} Port {port} nur mit der Adresse, und die kennt hinter dem ausgehenden Proxy hier niemand.',
  allowListUnresolved: '{host} lässt sich hier zurzeit nicht auflösen.',
};
