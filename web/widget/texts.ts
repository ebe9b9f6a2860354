// Every text of the widget; a language that is missing falls back to English.

const en = {
  title: "Chat with us",
  assistant: "AI assistant",
  intro:
    "You are writing with an AI assistant. It answers from our documents; a person can take over at any time.",
  name: "Your name",
  email: "Your e-mail",
  emailInvalid: "Please enter an e-mail address.",
  nameMissing: "Please enter your name.",
  start: "Start the chat",
  starting: "One moment …",
  startFailed: "That did not work. Please try again.",
  placeholder: "Ask a question …",
  send: "Send",
  stop: "Stop",
  close: "Close the chat",
  person: "Talk to a person",
  personAsked: "We have told our team. Someone will answer here.",
  queue: (place: number) => `${place === 1 ? "You are next" : `${place} in line`} …`,
  writing: "The assistant is looking it up",
  log: "Conversation",
  source: (n: number) => `Source ${n}`,
  sources: "Sources",
  back: "Back",
  confidence: { high: "Well supported", medium: "Supported", low: "Not certain" },
  handedOver: "A person will take over here.",
  joined: (name: string) => `${name} has joined the chat.`,
  returned: "The assistant is answering again.",
  ended: "This chat has ended.",
  reopened: "The chat is open again.",
  rated: "Thank you for your rating.",
  failed: "That answer could not be finished.",
  stopped: "You stopped this answer.",
  offline: "No connection. We will send your message as soon as it is back.",
  reconnecting: "Connecting …",
  incomplete: "This answer was cut off.",
  delivery: {
    sending: "sending …",
    waiting: "not sent yet, we keep trying",
    refused: "This message could not be sent.",
  },
  you: "You",
  actionFailed: "That did not work. Please try again.",
  end: "End chat",
  again: "New chat",
  withPerson: (name: string) => `You are writing with ${name}.`,
  offer: "I would like to talk to a person",
};

export type Texts = typeof en;

const de: Texts = {
  title: "Schreiben Sie uns",
  assistant: "KI-Assistent",
  intro:
    "Sie schreiben mit einem KI-Assistenten. Er antwortet aus unseren Unterlagen; ein Mensch kann jederzeit übernehmen.",
  name: "Ihr Name",
  email: "Ihre E-Mail",
  emailInvalid: "Bitte geben Sie eine E-Mail-Adresse ein.",
  nameMissing: "Bitte geben Sie Ihren Namen ein.",
  start: "Chat beginnen",
  starting: "Einen Moment …",
  startFailed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  placeholder: "Ihre Frage …",
  send: "Senden",
  stop: "Anhalten",
  close: "Chat schließen",
  person: "Mit einem Menschen sprechen",
  personAsked: "Unser Team weiß Bescheid. Jemand antwortet Ihnen hier.",
  queue: (place) => `${place === 1 ? "Sie sind als Nächstes dran" : `Platz ${place} in der Reihe`} …`,
  writing: "Der Assistent schlägt nach",
  log: "Gespräch",
  source: (n) => `Quelle ${n}`,
  sources: "Quellen",
  back: "Zurück",
  confidence: { high: "Gut belegt", medium: "Belegt", low: "Nicht sicher" },
  handedOver: "Hier übernimmt gleich ein Mensch.",
  joined: (name) => `${name} ist jetzt im Chat.`,
  returned: "Der Assistent antwortet wieder.",
  ended: "Dieser Chat ist beendet.",
  reopened: "Der Chat ist wieder offen.",
  rated: "Danke für Ihre Bewertung.",
  failed: "Diese Antwort konnte nicht beendet werden.",
  stopped: "Sie haben diese Antwort angehalten.",
  offline: "Keine Verbindung. Wir senden Ihre Nachricht, sobald sie wieder da ist.",
  reconnecting: "Verbinde …",
  incomplete: "Diese Antwort wurde abgebrochen.",
  delivery: {
    sending: "wird gesendet …",
    waiting: "noch nicht gesendet, wir versuchen es weiter",
    refused: "Diese Nachricht konnte nicht gesendet werden.",
  },
  you: "Sie",
  actionFailed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  end: "Chat beenden",
  again: "Neuer Chat",
  withPerson: (name) => `Sie schreiben mit ${name}.`,
  offer: "Ich möchte mit einem Menschen sprechen",
};

const catalogue: Record<string, Texts> = { en, de };

/** The texts of the first language that we have. */
export function textsFor(...languages: (string | null | undefined)[]): { texts: Texts; language: string } {
  for (const wanted of languages) {
    const short = wanted?.slice(0, 2).toLowerCase();
    const texts = short ? catalogue[short] : undefined;
    if (short && texts) return { texts, language: short };
  }
  return { texts: en, language: "en" };
}
