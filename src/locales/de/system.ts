import type { system as english } from '../en/system.ts';
import type { TranslationOf } from '../texts.ts';

export const system = {
  title: 'System',
  description:
    'Prüft Einstellungen, Datenbank, Speicherplatz, Geheimnisse, Sicherungen und Proxys und stellt dem Standardmodell eine kurze Frage.',
  check: 'Jetzt prüfen',
  checkAgain: 'Erneut prüfen',
  checked: 'Geprüft: <time></time>',
  levels: { ok: 'OK', warning: 'Warnung', problem: 'Problem' },
  checks: {
    program: 'Version',
    database: 'Datenbank',
    migrations: 'Migrationen',
    connections: 'Verbindungen',
    maintenance: 'Wartung',
    clock: 'Uhr',
    disk: 'Speicherplatz',
    secrets: 'Geheimnisse',
    model: 'Modell',
    files: 'Dateien',
    backup: 'Sicherungen',
    proxies: 'Proxys',
  },
  findings: {
    programVersion: 'Version {version} läuft auf Node.js {node}.',

    databaseAnswers: '{database} antwortet in {ms} ms.',
    databaseNone: 'In {place} gibt es noch keine Datenbank. Der erste Start legt sie an.',
    databaseInUse:
      'Ein anderer Prozess hat die Datenbank in {place} geöffnet. Beenden Sie ihn, oder warten Sie, bis er gestartet ist.',
    databaseUnusable:
      'Die Datenbank in {place} lässt sich nicht öffnen ({reason}). Starten Sie den Server, dessen Meldung sagt, was zu tun ist.',
    databaseUnreachable:
      'Die Datenbank nimmt keine Verbindungen an ({reason}). Starten Sie sie, oder berichtigen Sie DATABASE_URL.',
    databaseSilent:
      'Die Datenbank hat innerhalb von {seconds} s nicht geantwortet. Suchen Sie nach langsamen Abfragen und Sperren, und prüfen Sie ihre Auslastung.',
    databaseFull:
      'Die Datenbank hat keine Verbindung mehr frei. Erhöhen Sie max_connections, oder senken Sie DATABASE_POOL_SIZE auf allen Instanzen.',
    databaseLogin:
      'Die Datenbank lehnt die Anmeldung ab ({reason}). Berichtigen Sie Benutzer, Passwort oder Datenbanknamen in DATABASE_URL.',
    databaseOld: 'PostgreSQL {version} ist zu alt. Verwenden Sie Version 15 oder neuer.',

    migrationsApplied: 'Alle {count} Migrationen sind angewendet.',
    migrationsPending:
      'Es fehlen Migrationen ({count}). Erstellen Sie eine Sicherung, und starten Sie den Server, der sie anwendet.',
    migrationsNewer:
      'Eine neuere Version hat die Datenbank migriert, und diese Version arbeitet noch mit ihr. Schließen Sie das Upgrade ab, oder kehren Sie auf allen Instanzen zurück.',
    migrationsUnknown:
      'Eine neuere Version hat die Datenbank migriert, und diese Version arbeitet nicht mit ihr. Starten Sie jene Version, oder spielen Sie die Sicherung von davor ein.',
    migrationsChanged:
      'Die Migration {name} wurde nach ihrer Anwendung geändert. Stellen Sie ihre Datei wieder her, und legen Sie für die Änderung eine neue an.',

    maintenanceOff: 'Der Server nimmt Änderungen an.',
    maintenanceOn:
      'Der Wartungsmodus ist seit {since} eingeschaltet, Änderungen werden abgelehnt. Ausschalten mit: npm run admin -- maintenance off',
    maintenanceSet:
      'MAINTENANCE ist gesetzt, Änderungen werden abgelehnt. Entfernen Sie die Einstellung vor dem nächsten Start, und schalten Sie den Modus aus mit: npm run admin -- maintenance off',

    clockRight: 'Die Uhr weicht um {seconds} s von der Uhr der Datenbank ab.',
    clockWrong:
      'Die Uhr weicht um {seconds} s von der Uhr der Datenbank ab. Gleichen Sie die Uhren beider Rechner ab (NTP).',

    diskFree: '{setting} ({place}) hat {megabytes} MB frei.',
    diskLow:
      '{setting} ({place}) hat nur noch {megabytes} MB frei. Löschen Sie dort Dateien, oder vergrößern Sie den Datenträger.',
    diskUnusable:
      '{setting} ({place}) ist nicht benutzbar ({reason}). Legen Sie den Ordner an, und geben Sie dem Benutzer des Servers Schreibrechte.',

    connectionsLeft: '{open} von {most} Verbindungen der Datenbank sind offen.',
    connectionsScarce:
      'Nur noch {left} von {most} Verbindungen der Datenbank sind frei, und eine Instanz braucht bis zu {needed}. Erhöhen Sie max_connections, senken Sie DATABASE_POOL_SIZE, oder verwenden Sie einen Verbindungspooler (DATABASE_DIRECT_URL).',

    secretKnown: '{setting} hat den Fingerabdruck {fingerprint}.',
    secretsNone: 'Es gibt noch keine Geheimnisse. Der erste Start erzeugt sie in {place}.',
    secretsMissing: 'AUTH_SECRET oder ENCRYPTION_KEY fehlt. Setzen Sie beide wie auf dem Server.',
    secretsUnreadable:
      '{place} ist nicht lesbar. Stellen Sie die Datei wieder her, oder setzen Sie AUTH_SECRET und ENCRYPTION_KEY.',
    secretDiffers:
      '{setting} hat den Fingerabdruck {fingerprint}, aber der zuletzt gestartete Server hat {stored}. Setzen Sie überall denselben Wert, und starten Sie neu.',
    secretLacksKey:
      'ENCRYPTION_KEY fehlt der Schlüssel {stored}, ohne den {count} gespeicherte Werte nicht entschlüsselt werden können. Fügen Sie ihn am Ende der Liste hinzu, und starten Sie neu.',
    secretGenerated:
      '{setting} wurde in {place} erzeugt. Bewahren Sie eine Kopie dieser Datei auf, und setzen Sie den Wert auf allen Instanzen, bevor es eine zweite gibt.',

    modelGuide: 'Der Offline-Ratgeber antwortet. Setzen Sie AI_MODEL, um ein Sprachmodell zu verwenden.',
    modelAnswers: '{model} hat in {ms} ms geantwortet.',
    modelWithoutKey:
      '{model} hat keinen Schlüssel. Setzen Sie {setting}, sonst braucht jeder in seinen Einstellungen einen eigenen.',
    modelWithoutUrl: '{model} hat keine URL. Setzen Sie AI_BASE_URL auf die URL seiner API.',
    modelUnauthorized: 'Der Anbieter von {model} lehnt den Schlüssel ab. Berichtigen Sie {setting}.',
    modelUnreachable:
      '{model} ist nicht erreichbar. Prüfen Sie das Netz des Servers, den Zustand des Anbieters und AI_BASE_URL.',
    modelSilent:
      '{model} hat innerhalb von {seconds} s nicht geantwortet. Prüfen Sie Auslastung und Zustand des Anbieters.',
    modelLimited:
      'Der Anbieter von {model} begrenzt die Anfragen dieses Schlüssels. Warten Sie, oder erhöhen Sie dort das Limit.',
    modelRejected:
      'Der Anbieter lehnt eine Anfrage an {model} ab. Prüfen Sie den Namen des Modells in AI_MODEL und das Konto beim Anbieter.',
    modelUnreadable:
      'Die Antwort von {model} ist nicht lesbar. Prüfen Sie, ob AI_BASE_URL eine OpenAI-kompatible API ist.',

    filesInDatabase: 'Hochgeladene Dateien werden in der Datenbank gespeichert.',
    filesInS3: 'Hochgeladene Dateien werden in S3 gespeichert und sind dort lesbar.',
    filesUnreachable:
      'Hochgeladene Dateien in S3 sind nicht lesbar ({reason}). Korrigieren Sie die Einstellungen von S3. Der Befehl backups sagt, was nicht stimmt.',
    filesWithoutBucket:
      'In S3 gibt es hochgeladene Dateien, und S3_BUCKET ist nicht gesetzt. Setzen Sie es auf deren Bucket.',

    backupRecent: 'Die neueste Sicherung ist {hours} Stunden alt.',
    backupNone:
      'In {place} gibt es noch keine Sicherung. Ein laufender Server erstellt binnen Minuten eine oder protokolliert, warum nicht.',
    backupOld:
      'Die neueste Sicherung ist {hours} Stunden alt, und BACKUP_EVERY ist {every}. Das Protokoll des Servers sagt, warum eine geplante Sicherung gescheitert ist.',
    backupUnreachable:
      'Die Sicherungen in S3 lassen sich nicht auflisten ({reason}). Der Befehl backups sagt, was zu tun ist.',
    backupOff:
      'Es sind keine Sicherungen geplant. Setzen Sie BACKUP_DIR oder S3_BUCKET, oder führen Sie täglich den Befehl backup aus.',
    backupElsewhere:
      'Hier sind keine Sicherungen geplant. Setzen Sie BACKUP_DIR oder S3_BUCKET, falls Postgres nicht anders gesichert wird.',

    proxiesNone: 'Dieser Aufruf kam von {client} ohne Proxy.',
    proxiesTrusted:
      'Dieser Aufruf kam von {client} über {peer} (X-Forwarded-For: {chain}, TRUST_PROXY={trust}).',
    proxiesIgnored:
      'Dieser Aufruf kam über einen Proxy (X-Forwarded-For: {chain}), dem nicht vertraut wird. Alle, die ihn benutzen, zählen daher als {client}. Setzen Sie TRUST_PROXY={count}.',
    proxiesOtherPeer:
      'Dieser Aufruf kam von {peer} mit X-Forwarded-For: {chain}. Das wird ignoriert, weil TRUST_PROXY={trust} diese Adresse nicht enthält. Fügen Sie ihr Netz hinzu, wenn es Ihr Proxy ist.',
    proxiesMissing:
      'Dieser Aufruf kam von {peer} ohne X-Forwarded-For, aber TRUST_PROXY={trust}. Wenn Clients den Server ohne den Proxy erreichen, können sie ihre Adresse frei wählen: Lassen Sie nur den Proxy zu.',
    proxiesFewer:
      'Dieser Aufruf kam über {count} Proxys (X-Forwarded-For: {chain}), aber TRUST_PROXY={trust}. Clients können so ihre Adresse frei wählen. Setzen Sie TRUST_PROXY={count}.',
    proxiesMore:
      'Dieser Aufruf zählt als einer von {client}, einer privaten Adresse (X-Forwarded-For: {chain}, TRUST_PROXY={trust}). Wenn alle davon Ihre Proxys sind, setzen Sie TRUST_PROXY={count}.',

    checkFailed:
      'Die Prüfung {check} ist gescheitert ({reason}). Wiederholen Sie sie, und melden Sie es, wenn sie erneut scheitert.',
    checkSlow:
      'Die Prüfung {check} hat nach {seconds} s kein Ergebnis. Prüfen Sie die Auslastung des Rechners und der Datenbank.',
    checkSkipped: 'Die Prüfung {check} wurde ausgelassen, weil die Datenbank nicht benutzbar ist.',
  },
  settings: 'Geltende Einstellungen',
  sources: {
    environment: 'Umgebung',
    file: '.env',
    generated: 'Erzeugt',
    default: 'Vorgabe',
  },
  hidden: 'Gesetzt, nicht angezeigt',
  none: 'Nicht gesetzt',
} satisfies TranslationOf<typeof english>;
