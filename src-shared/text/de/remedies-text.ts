import type { Catalogue } from '../catalogue.ts';

export const remediesText: Catalogue['remedies'] = {
  SERVICE_UNRESOLVED: 'Prüfen Sie die Schreibweise und ob das DNS dieses Netzes den Namen kennt.',
  SERVICE_UNREACHABLE:
    'Prüfen Sie den Port, ob der Dienst läuft und ob eine Firewall diesen Rechner zu ihm hinauslässt.',
  SERVICE_CERTIFICATE:
    'Prüfen Sie die Uhr dieses Rechners; sonst lassen Sie das Zertifikat berichtigen, oder nehmen Sie seine Stelle hier in den Zertifikatsspeicher auf.',
  SERVICE_NOT_POSTERN: 'Geben Sie die Adresse ein, die Sie vom Betreiber des Dienstes haben.',
  SERVICE_REFUSED:
    'Versuchen Sie es in einer Minute wieder; bleibt es dabei, bitten Sie den Betreiber des Dienstes, in sein Protokoll zu sehen.',
  PROXY_UNREACHABLE: 'Prüfen Sie den Proxy in den Einstellungen, oder wählen Sie keinen, wo keiner nötig ist.',
  PROXY_AUTHENTICATION:
    'Geben Sie Benutzernamen und Kennwort des Proxys in den Einstellungen an; einer, der nur NTLM oder Negotiate kennt, muss diesen Rechner ohne sie durchlassen.',
  PROXY_REFUSED: 'Lassen Sie Namen und Port des Dienstes im Proxy freigeben.',
  BACKEND_PROXY: 'Lassen Sie die Anwendung im Proxy freigeben, oder erreichen Sie Anwendungen ohne ihn.',
  ADMIN_SIGNIN_CANCELLED: 'Beginnen Sie die Anmeldung wieder, wenn Sie so weit sind.',
  ADMIN_SIGNIN_EXPIRED: 'Beginnen Sie wieder, wenn Sie so weit sind.',
  ADMIN_SIGNIN_FAILED: 'Versuchen Sie es noch einmal, oder melden Sie sich mit einem anderen Konto an.',
  ADMIN_SIGNIN_REQUIRED: 'Melden Sie sich wieder an.',
  API_UNAUTHENTICATED: 'Melden Sie sich wieder an.',
  API_FORBIDDEN: 'Melden Sie sich mit einem Konto an, das eine solche Rolle hat, oder lassen Sie sie sich geben.',
  API_CONFLICT: 'Wählen Sie einen anderen Wert, oder ändern Sie den vorhandenen.',
  API_RATE_LIMITED: 'Warten Sie einen Augenblick, und versuchen Sie es dann wieder.',
  API_NOT_FOUND: 'Es ist vielleicht inzwischen entfernt worden: Laden Sie die Liste neu.',
  API_IN_USE: 'Entfernen Sie zuerst, was es noch verwendet.',
  BACKEND_REFUSED: 'Starten Sie die Anwendung, oder berichtigen Sie den Port.',
  BACKEND_FORBIDDEN: 'Soll sie erreicht werden, nehmen Sie sie in die Zulassungsliste dieses Rechners auf.',
  BACKEND_UNRESOLVED: 'Berichtigen Sie den Hostnamen, oder nehmen Sie ihn in das DNS dieses Netzes auf.',
  BACKEND_RESET: 'Prüfen Sie, ob die Anwendung https statt http erwartet oder umgekehrt.',
  BACKEND_TIMEOUT: 'Prüfen Sie, ob sich die Anwendung auf diesem Rechner in einem Browser öffnet.',
  BACKEND_CONNECT_TIMEOUT: 'Prüfen Sie, ob zwischen diesem Rechner und der Anwendung eine Firewall steht.',
  BACKEND_UNREACHABLE: 'Prüfen Sie das Netz dieses Rechners und die Routen zur Anwendung.',
  BACKEND_TLS: 'Prüfen Sie, ob die Anwendung an diesem Port http statt https erwartet.',
  BACKEND_CERTIFICATE: 'Lassen Sie das Zertifikat berichtigen, oder schalten Sie die Prüfung für diese Anwendung ab.',
  BACKEND_CERTIFICATE_EXPIRED: 'Erneuern Sie das Zertifikat der Anwendung, und prüfen Sie die Uhr dieses Rechners.',
  BACKEND_CERTIFICATE_NAME:
    'Verwenden Sie einen Namen, der im Zertifikat steht, oder lassen Sie eines für diesen ausstellen.',
  BACKEND_CERTIFICATE_ISSUER:
    'Vertrauen Sie seiner Stelle für diese Anwendung, oder nehmen Sie sie auf diesem Rechner auf.',
  BACKEND_CERTIFICATE_SELF_SIGNED:
    'Vertrauen Sie dem Zertifikat für diese Anwendung, oder schalten Sie die Prüfung ab.',
  BACKEND_PROTOCOL: 'Prüfen Sie, ob an diesem Port ein Webserver lauscht und ob er https erwartet.',
  SERVICE_ADDRESS_INVALID:
    'Geben Sie die Adresse so ein, wie Ihr Administrator sie nannte, etwa https://postern.example.com.',
  ENROLMENT_TOKEN_INVALID:
    'Kopieren Sie das ganze Registrierungstoken, oder bitten Sie einen Administrator um ein neues.',
  ENROLMENT_TOKEN_EXPIRED: 'Bitten Sie einen Administrator um ein neues Registrierungstoken.',
  ENROLMENT_TOKEN_USED: 'Bitten Sie einen Administrator um ein neues Registrierungstoken.',
  ENROLMENT_REQUEST_INVALID: 'Aktualisieren Sie den Connector, und prüfen Sie die Uhren beider Rechner.',
  TUNNEL_AUTHENTICATION:
    'Prüfen Sie die Uhr dieses Rechners. Geht sie richtig, registrieren Sie den Connector von neuem.',
  TUNNEL_REVOKED: 'Registrieren Sie den Connector von neuem.',
  TUNNEL_EXPIRED: 'Registrieren Sie den Connector von neuem.',
  TUNNEL_SUPERSEDED:
    'Ein anderer Connector läuft mit derselben Identität. Halten Sie einen davon an, oder registrieren Sie einen von neuem.',
  TUNNEL_VERSION: 'Aktualisieren Sie den Connector oder den Dienst, je nachdem, was älter ist.',
  TUNNEL_TIMEOUT: 'Prüfen Sie Netz und Firewall: Der Connector braucht einen Weg hinaus zum Port des Dienstes.',
  CONFIG_INVALID: 'Berichtigen Sie den Schlüssel, den die Meldung nennt.',
  UPDATE_DISK_FULL: 'Schaffen Sie Platz auf der Platte und versuchen Sie es noch einmal.',
  UPDATE_FEED_INVALID: 'Prüfen Sie die Adresse der Quelle; stimmt sie, sagen Sie es denen, die dort veröffentlichen.',
  UPDATE_FEED_UNREACHABLE: 'Prüfen Sie die Adresse der Quelle, den ausgehenden Proxy und die Firewall dieses Netzes.',
  UPDATE_FILE_DAMAGED: 'Laden Sie sie noch einmal; bleibt es dabei, sagen Sie es denen, die dort veröffentlichen.',
  UPDATE_INSTALL_FAILED:
    'Versuchen Sie es noch einmal, oder installieren Sie das Paket mit der Paketverwaltung dieses Rechners.',
  UPDATE_NOT_INSTALLED:
    'Installieren Sie sie noch einmal und lassen Sie einen Administrator zustimmen, wenn der Rechner danach fragt; oder starten Sie das Installationsprogramm von Hand.',
  UPDATE_NOT_PERMITTED:
    'Lassen Sie einen Administrator dieses Rechners zustimmen, oder installieren Sie mit der Paketverwaltung.',
  UPDATE_SIGNATURE_WRONG:
    'Nichts wurde geladen. Prüfen Sie die Adresse der Quelle und fragen Sie ihren Betreiber: Jemand kann verändert haben, was dort liegt.',
  UPDATE_UNSUPPORTED: 'Installieren Sie die neuere Version so, wie diese installiert wurde.',
  STORE_UNAVAILABLE: 'Versuchen Sie es in einer Minute wieder.',
  SETTINGS_UNWRITABLE:
    'Schaffen Sie Platz auf dem Datenträger, und sehen Sie nach, ob dieses Konto dort schreiben darf; dann stellen Sie es noch einmal ein.',
  VAULT_UNREADABLE:
    'Entsperren Sie den Schlüsselspeicher dieses Kontos, und starten Sie Postern neu. Ist der Schlüssel verloren, registrieren Sie diesen Rechner noch einmal: als neuen Connector.',
  VAULT_UNWRITABLE:
    'Schaffen Sie Platz auf dem Datenträger, und sehen Sie nach, ob dieses Konto dort schreiben darf; dann versuchen Sie es wieder.',
};
