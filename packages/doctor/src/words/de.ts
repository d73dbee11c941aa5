import type { MepWords } from "./vocabulary.ts";

export const de: MepWords = {
  title: "Untersuchung einer Zählerverbindung",
  healthy: "Die Verbindung ist gesund.",
  usable: "Werte lassen sich trotzdem lesen.",
  unusable: "Bis das behoben ist, lassen sich Werte nicht verlässlich lesen.",
  cause: "Ursache",
  remedy: "Was hilft",
  layers: "Schicht für Schicht",
  brokenTitle: "Wo Antworten abbrachen",
  brokenLine: "{from} bis {to} Bytes: {count}-mal",
  unknownMeter: "der Zähler sagte nicht, was er ist",
  noSecrets: "Schlüssel, Seriennummern und Adressen stehen nicht auf dieser Seite.",
  checks: {
    open: "Gerät oder Brücke",
    bytes: "Überhaupt Bytes",
    echo: "Echo",
    alerts: "Meldungen",
    framing: "Rahmen",
    security: "Sicherung",
    key: "Schlüssel",
    sequence: "Folgenummern",
    line: "Leitung",
    "long-replies": "Lange Antworten",
    access: "Tabellen",
    clock: "Uhr des Zählers",
  },
  findings: {
    opened: "in {millis} ms geöffnet",
    "not-opened": "{detail}",
    "hung-up": "die Gegenseite hat aufgelegt",
    "bytes-came": "{bytes} Bytes kamen an",
    "nothing-came": "kein einziges Byte kam an",
    "no-echo": "unsere eigenen Bytes kommen nicht zurück",
    "echo-came": "unsere eigenen Bytes kommen zurück",
    "no-alerts": "keine",
    "alerts-came": "{alerts} Meldungen: der Zähler spricht von sich aus",
    "frames-whole": "{frames} ganze Rahmen",
    "frames-broken": "{garbage} Bytes ohne Rahmen, {frames} ganze Rahmen",
    "one-byte-only": "immer wieder dasselbe Byte {byte}",
    "other-baud": "der Zähler antwortet mit {baud} Baud",
    "speaks-rc4": "der Anschluss spricht RC4",
    "speaks-tls": "der Anschluss spricht TLS",
    "wants-tls": "der Anschluss spricht nur TLS",
    "lacks-tls": "der Anschluss spricht kein TLS",
    "tls-failed": "der Verbindungsaufbau scheitert: {detail}",
    "key-accepted": "angenommen ({level})",
    "key-refused": "der Zähler kennt keinen solchen Schlüssel; {readings} Lesarten wurden versucht",
    "key-in-other-form": "angenommen, gelesen als {form}",
    "key-missing": "keiner angegeben",
    "in-step": "stimmen",
    "numbers-taken": "{times} Anzeichen, dass jemand anderes unsere Nummern verbraucht",
    graded:
      "Note {grade}: {loss} % von {probes} Anfragen mussten wiederholt werden ({requests} Anfragen verloren, {replies} Antworten verloren, {noise} beschädigt); {median} ms hin und zurück, höchstens {slowest} ms",
    "went-silent": "mittendrin {seconds} s lang stumm",
    "long-whole": "alle {reads} kamen ganz an, je {bytes} Bytes",
    "long-cut": "{cut} von {reads} kamen nicht ganz an, typisch abgebrochen nach {at} Bytes",
    "long-lost": "{cut} von {reads} kamen gar nicht an",
    "long-unknown": "der Zähler hat für diesen Schlüssel keine lange Tabelle",
    readable: "alle {tables} gefragten sind lesbar",
    refused: "verweigert: {tables}",
    "clock-right": "auf {seconds} s genau",
    "clock-wrong": "geht um {seconds} s falsch",
    "clock-unknown": "der Zähler sagt es nicht",
    "not-examined": "nicht erreicht",
  },
  forms: {
    ascii: "ASCII-Zeichen",
    hex: "Hexadezimalziffern",
    "hex-of-hex": "Hexadezimalziffern, die Hexadezimalziffern bedeuten",
    base64: "Base64",
    "upper-case": "ASCII-Zeichen in Großbuchstaben",
    "lower-case": "ASCII-Zeichen in Kleinbuchstaben",
    "reversed-hex": "Hexadezimalziffern vom letzten Byte zum ersten",
    "last-16-characters": "seine letzten 16 Zeichen",
  },
  sicknesses: {
    "no-device": {
      name: "Dieses Gerät gibt es nicht",
      cause: "Der Adapter steckt nicht, oder er heißt anders als in der Verbindung angegeben.",
      remedies: [
        "Den Adapter einstecken und mit `meterport ports` nachsehen, wie er heißt.",
        "Ihn über seine USB-Nummern angeben, dann wird er unter jedem Namen gefunden.",
      ],
    },
    "no-permission": {
      name: "Das Gerät darf nicht geöffnet werden",
      cause: "Unter Linux gehören serielle Anschlüsse einer Gruppe, oft dialout, und Sie gehören nicht dazu.",
      remedies: ["`sudo usermod -aG dialout $USER` ausführen und sich neu anmelden."],
    },
    "device-busy": {
      name: "Ein anderes Programm hat das Gerät",
      cause: "Ein serieller Anschluss dient nur einem Programm zur selben Zeit.",
      remedies: [
        "Das andere Programm beenden: ein Gateway, das schon läuft, ein Terminal, einen Modem-Dienst.",
        "Unter Linux nennt `fuser GERÄT` es beim Namen.",
      ],
    },
    "unsuitable-device": {
      name: "Das Gerät ist kein serieller Anschluss oder nimmt die Einstellungen nicht an",
      cause: "Der Name gehört zu etwas anderem, oder der Adapter kennt diese Baudrate nicht.",
      remedies: ["Den Namen mit `meterport ports` prüfen.", "Die Baudrate weglassen: Zähler beginnen mit 9600."],
    },
    "bridge-refuses": {
      name: "Die Brücke ist da, aber niemand hört zu",
      cause: "Der Rechner antwortet, aber nicht an diesem Port.",
      remedies: ["Die Portnummer in den Einstellungen der Brücke prüfen.", "Deren seriellen Dienst starten."],
    },
    "bridge-unreachable": {
      name: "Die Brücke ist nicht zu erreichen",
      cause: "Im Netz antwortet kein solcher Rechner.",
      remedies: [
        "Name oder Adresse prüfen, und ob die Brücke Strom hat und im Netz ist.",
        "Firewalls dazwischen prüfen.",
      ],
    },
    "cannot-open": {
      name: "Die Verbindung lässt sich nicht öffnen",
      cause: "Das System sagt, warum; es steht bei der ersten Schicht.",
      remedies: ["Beheben, was das System beanstandet, und noch einmal versuchen."],
    },
    "hangs-up": {
      name: "Die Gegenseite legt auf",
      cause:
        "Die Verbindung kommt zustande und endet wieder. Die meisten Brücken bedienen nur einen Teilnehmer; ein Adapter, der neu startet, fällt heraus.",
      remedies: [
        "Den anderen Teilnehmer der Brücke beenden.",
        "Adapter oder Brücke genug Strom geben und in deren Protokoll sehen.",
      ],
    },
    silent: {
      name: "Der Zähler sagt nichts",
      cause:
        "Kein einziges Byte kam. Netzbetreiber schalten den Anschluss ab, bis jemand danach fragt; oder der Zähler hört uns nicht, oder seine Enable-Leitung hat keine Spannung.",
      remedies: [
        "Beim Netzbetreiber fragen, ob der MEP-Anschluss freigeschaltet ist, oder ihn in dessen Portal freischalten.",
        "Prüfen, ob Senden und Empfangen vertauscht sind und Masse verbunden ist.",
        "Die Enable-Leitung messen: der Zähler will 8 bis 9 V oder mehr.",
        "Die Geschwindigkeit auf beiden Seiten prüfen: Zähler beginnen mit 9600 Baud, und eine Brücke hat ihre eigene Einstellung.",
        "Sitzt ein Lesekopf am optischen Anschluss, ihn abnehmen und einige Minuten warten.",
      ],
    },
    deaf: {
      name: "Der Zähler spricht, hört uns aber nicht",
      cause:
        "Seine Meldungen kommen an, unsere Anfragen nicht: Sendeleitung, Pegelwandler oder Enable-Leitung versagen.",
      remedies: [
        "Die Leitung von unserem Senden zum Empfangen des Zählers prüfen.",
        "Den Pegelwandler prüfen: drei Drähte ohne Wandler genügen nicht.",
        "Die Enable-Leitung prüfen.",
      ],
    },
    echo: {
      name: "Unsere eigenen Bytes kommen zurück",
      cause: "Senden und Empfangen berühren sich, oder ein Pegelwandler koppelt sie.",
      remedies: [
        "Nach einer Brücke zwischen den beiden Leitungen suchen.",
        "Den Pegelwandler tauschen: gefälschte MAX3232 tun das.",
        "Das Echo der Brücke abschalten, wenn sie eines hat.",
      ],
    },
    stuck: {
      name: "Die Empfangsleitung hängt fest",
      cause: "Immer wieder kommt dasselbe Byte: der Pegel der Leitung bewegt sich nicht, wie er soll.",
      remedies: [
        "Prüfen, ob Empfangen am Zähler liegt und nicht an Masse oder Versorgung.",
        "Prüfen, ob der Pegel umgekehrt ist: manche Adapter brauchen ihn andersherum.",
      ],
    },
    "wrong-baud": {
      name: "Der Zähler hat eine andere Geschwindigkeit",
      cause: "Jemand hat die Baudrate des Anschlusses geändert; mit welcher er antwortet, steht bei den Rahmen.",
      remedies: ["Diese Rate mit `?baud=` in die Verbindung schreiben."],
    },
    noise: {
      name: "Die Leitung rauscht",
      cause:
        "Bytes kommen beschädigt an: ein schlechter Pegelwandler, ein langes oder ungeschirmtes Kabel, eine schwache Versorgung.",
      remedies: [
        "Das Kabel kürzen und von Netzleitungen fernhalten.",
        "Den Pegelwandler tauschen: gefälschte MAX3232 senden schubweise Störungen.",
        "Masse zwischen Zähler und Adapter prüfen.",
      ],
    },
    sag: {
      name: "Antworten brechen ab",
      cause:
        "Kurze Antworten kommen durch, längere enden vorzeitig: Versorgung oder Enable-Leitung gibt nach, während der Zähler sendet.",
      remedies: [
        "Der Enable-Leitung eine eigene, stärkere Versorgung geben; der Anschluss gibt höchstens 1 W.",
        "Am Adapter einen Kondensator von 470 bis 1000 µF ergänzen, oder ihn über USB speisen.",
        "Nachsehen, wo Antworten abbrachen: stets bei etwa derselben Länge, so ist es sicher die Versorgung.",
      ],
    },
    "slow-bridge": {
      name: "Die Brücke ist langsam",
      cause: "Antworten kommen, aber später, als ein Zähler am Kabel sie gibt.",
      remedies: [
        "Die Verzögerung mit `?delay=` in die Verbindung schreiben, etwa delay=500ms; dazu `gap=1s`, wenn die Brücke mitten in einer Antwort wartet.",
        "Abschalten, was die Brücke warten lässt: Paketzeiten, Nagle-Algorithmus, Stromsparen des Funks.",
      ],
    },
    "no-key": {
      name: "Es braucht einen Schlüssel",
      cause: "Der Zähler antwortet, sagt aber niemandem ohne Schlüssel etwas.",
      remedies: ["Beim Netzbetreiber den MEP Basic Key (MBK) dieses Zählers erfragen und mit --key angeben."],
    },
    "wrong-key": {
      name: "Der Schlüssel passt nicht",
      cause: "Der Zähler antwortet und kennt keinen solchen Schlüssel, wie man ihn auch liest.",
      remedies: [
        "Ihn Zeichen für Zeichen mit dem vergleichen, was der Netzbetreiber schickte.",
        "Prüfen, ob es der Schlüssel dieses Zählers ist: jeder hat einen eigenen.",
        "Ein Schlüssel für den optischen Anschluss ist ein anderer und öffnet den MEP-Anschluss nicht.",
      ],
    },
    "key-form": {
      name: "Der Schlüssel passt in anderer Form",
      cause: "Der Text lässt sich verschieden lesen; der Zähler nimmt eine andere Lesart an als die angenommene.",
      remedies: [
        "Den Schlüssel in der Form schreiben, die bei der Schicht „Schlüssel“ steht, mit ascii: oder hex: davor.",
      ],
    },
    "tls-required": {
      name: "Der Anschluss will TLS",
      cause: "Er lehnt RC4 ab, wie es Zählern ab Firmware 4.0 gesagt werden kann.",
      remedies: ["--security tls verwenden, oder auto, das es selbst herausfindet."],
    },
    "no-tls": {
      name: "Der Anschluss spricht kein TLS",
      cause: "Zähler vor Firmware 4.0 haben keines, bei späteren kann es abgeschaltet sein.",
      remedies: ["--security rc4 verwenden, oder auto, das es selbst herausfindet."],
    },
    "tls-fails": {
      name: "Der TLS-Verbindungsaufbau scheitert",
      cause: "Der Anschluss spricht TLS, und der Aufbau bricht aus einem anderen Grund als dem Schlüssel ab.",
      remedies: [
        "Die Leitung prüfen: der Aufbau hat lange Nachrichten, die als erste leiden.",
        "Ihn mit --record aufzeichnen und die Datei einem Bericht beilegen.",
      ],
    },
    "other-client": {
      name: "Jemand anderes fragt denselben Zähler",
      cause:
        "Unsere Folgenummern sind schon vergeben, oder es kommen Antworten, nach denen wir nicht fragten: ein zweites Programm nutzt den Anschluss.",
      remedies: [
        "Nur ein Programm mit dem Zähler sprechen lassen; andere nutzen, was dieses liefert.",
        "Nach einer alten Firmware oder einem zweiten Gateway an derselben Brücke suchen.",
      ],
    },
    paused: {
      name: "Der Zähler verstummt für eine Weile",
      cause:
        "Er antwortete, verstummte und kam zurück oder kommt vielleicht noch zurück: bei Zählern vor Firmware 4.0 belegt ein optischer Lesekopf die Leitung; oder der Zähler startete neu.",
      remedies: [
        "Warten: nach einer optischen Sitzung kehrt der Anschluss zurück, spätestens nach zehn Minuten.",
        "Geschieht es oft, nachsehen, wer den Zähler optisch liest, und nach der Versorgung des Zählers.",
      ],
    },
    "loses-requests": {
      name: "Anfragen gehen auf dem Weg zum Zähler verloren",
      cause: "Was der Zähler hört, beantwortet er; ein Teil von dem, was wir senden, erreicht ihn nicht.",
      remedies: [
        "Sendeleitung, ihren Pegelwandler und die Enable-Leitung prüfen.",
        "Bei einer Brücke deren Funkstrecke prüfen.",
      ],
    },
    "loses-replies": {
      name: "Antworten gehen auf dem Rückweg verloren",
      cause:
        "Der Zähler führt unsere Anfragen aus, wie seine Folgenummern zeigen, und ein Teil seiner Antworten kommt nicht an.",
      remedies: [
        "Empfangsleitung und ihren Pegelwandler prüfen.",
        "Die Versorgung prüfen: der Zähler sendet mit dem Strom, den der Anschluss bekommt.",
        "Bei einer Brücke Funkstrecke und Puffer prüfen.",
      ],
    },
    locked: {
      name: "Dieser Schlüssel darf die Werte nicht lesen",
      cause:
        "Der Schlüssel wird angenommen, die Tabellen mit den Werten werden verweigert: seine Rechte reichen nicht, oder eine Hardware-Sperre ist gesetzt.",
      remedies: [
        "Den Netzbetreiber fragen, welche Tabellen der Schlüssel lesen darf, oder nach einem mit mehr Rechten.",
      ],
    },
    "clock-off": {
      name: "Die Uhr des Zählers geht falsch",
      cause: "Die Verbindung ist in Ordnung; die Zeit des Zählers weicht von der dieses Rechners ab.",
      remedies: [
        "Zuerst die Uhr dieses Rechners prüfen.",
        "Dem Netzbetreiber sagen: Lastgang und Tarife folgen der Uhr des Zählers.",
      ],
    },
  },
};
