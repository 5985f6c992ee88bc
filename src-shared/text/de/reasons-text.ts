import type { ReasonKey } from '../../errors/reasons.ts';
import type { UrlProblemKey } from '../../errors/url-problems.ts';
import { allowListReasonsText } from './allow-list-reasons-text.ts';
import { connectionReasonsText } from './connection-reasons-text.ts';
import { schemaReasonsText } from './schema-reasons-text.ts';
import { urlProblemsText } from './url-problems-text.ts';

type UrlReasonKey = `url.${UrlProblemKey}`;

const urlReasons = Object.fromEntries(
  Object.entries(urlProblemsText).map(([key, sentence]) => [`url.${key}`, sentence]),
) as Readonly<Record<UrlReasonKey, string>>;

/** What a person can do in this app stands in the words of its pages; what only the API has, in those of the API. */
export const reasonsText: Readonly<Record<ReasonKey, string>> = {
  ...urlReasons,
  ...schemaReasonsText,
  ...connectionReasonsText,
  ...allowListReasonsText,
  applicationUnknown: 'Diese Anwendung gibt es nicht mehr ({id}).',
  applicationOfAssignmentUnknown: 'Diese Zuweisung gibt es nicht mehr ({id}).',
  connectorUnknown: 'Diesen Connector gibt es nicht mehr ({id}).',
  connectorGroupUnknown: 'Diese Connectorgruppe gibt es nicht mehr ({id}).',
  connectorGroupNotThere: 'Diese Connectorgruppe gibt es nicht mehr ({id}). Wählen Sie eine andere.',
  enrolmentTokenUnknown: 'Dieses Registrierungstoken gibt es nicht mehr ({id}).',
  sessionUnknown: 'Diese Sitzung gibt es nicht mehr ({id}).',
  failureUnknown:
    'Von {id} weiß dieser Knoten des Dienstes nichts: Die Anfrage scheiterte nicht hier, oder es ist zu lange her.',
  captureUnknown: 'Diesen Mitschnitt kennt der Dienst nicht ({id}).',
  readingWithNoRole:
    'Das Zugriffstoken von {who} trägt keine Rolle. Nötig ist eine von {administrators}; um nur zu lesen, eine von {readers}.',
  readingWithOtherRole:
    'Das Zugriffstoken von {who} trägt die Rolle {roles}. Nötig ist eine von {administrators}; um nur zu lesen, eine von {readers}.',
  changingWithOtherRole:
    'Das Zugriffstoken von {who} trägt die Rolle {roles}. Um etwas zu ändern, ist eine von {administrators} nötig.',
  changedMeanwhile:
    'Jemand anderes hat es inzwischen geändert. Laden Sie die Liste neu, und wiederholen Sie Ihre Änderung.',
  tooManyAttempts: 'Von dieser Adresse kamen zu viele Versuche. Versuchen Sie es in {seconds} s wieder.',
  groupNameTaken: 'Eine Connectorgruppe „{name}“ gibt es schon.',
  groupIsDefault: 'Die Connectorgruppe Default lässt sich nicht löschen.',
  groupTooLarge:
    'Was die Connectorgruppe „{name}“ veröffentlicht, wäre {size} MiB groß; ihre Connectors nehmen {most} MiB an. Verschieben Sie Anwendungen in eine andere Gruppe, oder nehmen Sie ihnen Zertifizierungsstellen.',
  groupHasConnectors:
    'In der Connectorgruppe „{name}“ sind noch Connectors: {members}. Verschieben Sie sie zuerst in eine andere Gruppe.',
  groupHasApplications:
    'In der Connectorgruppe „{name}“ sind noch Anwendungen: {members}. Verschieben Sie sie zuerst in eine andere Gruppe.',
  assignedAlready: '„{person}“ hat schon Zugang zu „{application}“.',
  assignedAlreadyWithRole: '„{person}“ hat diese Rolle in „{application}“ schon.',
  roleUnknown: 'Diese Rolle ({id}) hat die Anwendung nicht. Fügen Sie sie zuerst ihren Rollen hinzu.',
  roleNotForPeople: 'Die Rolle „{role}“ ist nur für Programme. Fügen Sie ihren allowedMemberTypes zuerst User hinzu.',
  roleNotForPrograms:
    'Die Rolle „{role}“ ist nicht für Programme. Fügen Sie ihren allowedMemberTypes zuerst Application hinzu.',
  roleInUse:
    '„{person}“ hat die Rolle „{role}“. Entfernen Sie zuerst ihre Zuweisungen, oder setzen Sie isEnabled der Rolle auf false.',
  userOfOtherProvider:
    '{id} ist beim Identitätsanbieter {others} bekannt. Diese Anwendung ist für Benutzer von {provider}.',
  externalUrlTaken:
    'Die externe URL {url} hat schon die Anwendung „{name}“. Wählen Sie eine andere, oder ändern Sie zuerst jene Anwendung.',
  externalUrlJustTaken: 'Eine der externen URLs hat gerade eben eine andere Anwendung bekommen.',
  ownHost: '{host} ist der Host des Dienstes selbst. Wählen Sie für die Anwendung einen anderen.',
  notListening: 'Dort lauscht der Dienst nicht. Unter diesem Namen wäre es {url}',
  ambiguousPath:
    'Der Pfad enthält eine Folge, die Server verschieden lesen. Nehmen Sie Buchstaben, Ziffern und Bindestriche.',
  ipHostRefused:
    'Eine IP-Adresse wird als Host abgewiesen. Nehmen Sie einen Hostnamen, oder lassen Sie IP-Adressen für diese Anwendung zu.',
  segmentsTrustTooLong: 'Bei {count} Segmenten darf es {most} Zeichen haben.',
  segmentMissing:
    'Mit Segmenten sind nur sie veröffentlicht. Machen Sie {url} zu einem davon, oder nennen Sie hier die externe URL eines Segments.',
  segmentDiffers: 'Das Segment von {url} hat hier {internalUrl}.',
  segmentTwice: 'Ein anderes Segment dieser Anwendung hat {url} schon.',
  ownAudience: '{audience} gehört dem Dienst selbst. Registrieren Sie die Anwendung beim Identitätsanbieter für sich.',
  providerUnknown: 'Einen Identitätsanbieter {id} gibt es nicht. Es gibt: {known}; leer steht für den ersten.',
  scriptsWithoutPages:
    'Skripte werden nur zusammen mit Seiten übersetzt. Schalten Sie auch „Links in Seiten übersetzen“ ein.',
  headersWithoutSignIn:
    'Ohne Anmeldung ist niemand bekannt. Lassen Sie Benutzer sich anmelden, oder schalten Sie die Header ab.',
  assertionWithoutSignIn:
    'Ohne Anmeldung ist niemand bekannt. Lassen Sie Benutzer sich anmelden, oder schalten Sie dies ab.',
  headerRulesMissing: 'Es fehlen die Regeln, die sagen, welche Header gesendet werden.',
  headerRuleTwice: 'Eine andere Regel gilt schon für {path}.',
  headerReserved:
    '{name} hat in HTTP oder zwischen Proxys eine eigene Bedeutung. Nehmen Sie einen anderen Namen, etwa X-Remote-User.',
  headerTwice: 'Ein anderer Header dieser Regel heißt schon so, oder ein Backend könnte die beiden verwechseln.',
  patternWrong: 'Das Muster ist keines von RE2, das kein Look-around und keine Rückbezüge hat: {detail}.',
  homePageMalformed: 'Es muss eine http- oder https-Adresse ohne Benutzer und Kennwort sein, oder leer.',
  homePageElsewhere: 'Sie muss mit dem beginnen, was veröffentlicht ist ({published}), oder leer sein.',
  policyTwice: 'Eine andere Bedingung dieser Anwendung heißt schon {name}.',
  policyWithoutSignIn:
    'Ohne Anmeldung ist niemand bekannt: Dort wirkt nur block, nach Orten und Zeiten. Für anderes lassen Sie Benutzer sich anmelden.',
  policySegmentUnknown: 'Ein Segment mit der externen URL {url} hat diese Anwendung nicht.',
  trustEmpty: 'Es ist kein Zertifikat darin. Es muss PEM-Text sein, der mit -----BEGIN CERTIFICATE----- beginnt.',
  trustTooMany: 'Es sind {count} Zertifikate; erlaubt sind {most}.',
  trustPrivateKey:
    'Es ist ein privater Schlüssel darin. Geben Sie nur Zertifikate an, und behandeln Sie den Schlüssel von nun an als bekannt.',
  trustOtherBlock: 'Es ist ein Block „{kind}“ darin, der kein Zertifikat ist.',
  trustDamaged: 'Das Zertifikat Nummer {position} ist beschädigt.',
  trustExpired: 'Ein Zertifikat ist am {date} abgelaufen: {name}.',
  trustNoAuthority:
    'Ein Zertifikat ist keine Zertifizierungsstelle: {name}. Nehmen Sie das der Stelle, die es ausgestellt hat.',
  moreFaults: 'Noch {count} weitere Felder sind nicht, wie sie sein müssen.',
  policyTooLong: 'Alle acrValues und amrValues zusammen dürfen {most} Zeichen haben.',
};
