import type { Catalogue } from '../catalogue.ts';

export const signInText: Catalogue['signIn'] = {
  withBrowser: 'Mit dem Browser anmelden',
  otherDevice: 'Anderes Gerät verwenden',
  panelTitle: 'Melden Sie sich an',
  endedTitle: 'Ihre Anmeldung ist beendet',
  endedText: 'Melden Sie sich wieder an. Was Sie eingegeben haben, bleibt stehen.',
  again: 'Wieder anmelden',
  codeOverTitle: 'Der Code ist abgelaufen',
  failedTitle: 'Sie sind nicht angemeldet',
  newCode: 'Neuen Code holen',
  waitingForBrowser: 'Wartet auf den Browser…',
  browserText:
    'Melden Sie sich auf der Seite an, die sich im Browser geöffnet hat, und kommen Sie dann hierher zurück.',
  noPage: 'Keine Seite, oder geschlossen?',
  reopen: 'Noch einmal öffnen',
  endsIn: 'Das Warten endet von selbst in',
  askingForCode: 'Fragt nach einem Code…',
  qrCode: 'QR-Code der Seite',
  qrCodeWithCode: 'QR-Code der Seite, mit dem Code darin',
  scanOrOpen: 'Scannen Sie dies auf einem beliebigen Gerät, oder öffnen Sie',
  copyAddress: 'Adresse kopieren',
  checkCode: 'und prüfen Sie, ob dort dies steht, oder geben Sie ein:',
  enterCode: 'und geben Sie ein:',
  copyCode: 'Code kopieren',
  waitingForDevice: 'Wartet, bis Sie dort fertig sind…',
  codeGoodFor: 'Der Code gilt noch',
  enterNowhereElse: 'Geben Sie ihn nirgends sonst ein.',
  keep: 'Angemeldet bleiben, ohne den Schutz eines Schlüsselspeichers',
  keptInFile:
    'Die Anmeldung liegt unverschlüsselt in einer Datei, die nur Ihr Konto hier lesen darf: Wer sie oder eine Sicherung davon bekommt, kann in Ihrem Namen handeln.',
  keptInMemory:
    'Dieser Rechner hat keinen Schlüsselspeicher; die Anmeldung steht nur im Arbeitsspeicher, bis Postern beendet wird.',
};
