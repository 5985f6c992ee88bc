import type { AllowListReasonKey } from '../../errors/allow-list-reasons.ts';

export const allowListReasonsText: Readonly<Record<AllowListReasonKey, string>> = {
  allowListUnnamed: 'Die Zulassungsliste dieses Connectors nennt {host} Port {port} nicht.',
  allowListUnnamedAddress: 'Die Zulassungsliste dieses Connectors nennt {host}, hier {address}, Port {port} nicht.',
  allowListHours: 'Die Zulassungsliste dieses Connectors lässt {host} Port {port} nur zu anderen Zeiten zu.',
  allowListHoursAddress:
    'Die Zulassungsliste dieses Connectors lässt {host}, hier {address}, Port {port} nur zu anderen Zeiten zu.',
  allowListProtected:
    '{host} ist eine verbindungslokale Adresse oder eine der Metadaten einer Cloud, und die Zulassungsliste dieses Connectors nennt sie nicht.',
  allowListProtectedAddress:
    '{host}, hier {address}, ist eine verbindungslokale Adresse oder eine der Metadaten einer Cloud, und die Zulassungsliste dieses Connectors nennt sie nicht.',
  allowListByAddress:
    'Die Zulassungsliste dieses Connectors nennt {host} Port {port} nur mit der Adresse, und die kennt hinter dem ausgehenden Proxy hier niemand.',
  allowListUnresolved: '{host} lässt sich hier zurzeit nicht auflösen.',
};
