// The two texts that are needed before the chat is loaded.

export const TITLE: Record<string, string> = {
  ar: "تحدّث معنا",
  cs: "Napište nám",
  de: "Schreiben Sie uns",
  es: "Escríbanos",
  fr: "Écrivez-nous",
  he: "דברו איתנו",
  it: "Ci scriva",
  ja: "お問い合わせ",
  nl: "Stel ons een vraag",
  pl: "Napisz do nas",
  pt: "Fale connosco",
  sv: "Chatta med oss",
  tr: "Bize yazın",
  uk: "Напишіть нам",
  zh: "联系我们",
};

export const CLOSE: Record<string, string> = {
  ar: "إغلاق",
  cs: "Zavřít",
  de: "Schließen",
  es: "Cerrar",
  fr: "Fermer",
  he: "סגירה",
  it: "Chiudi",
  ja: "閉じる",
  nl: "Sluiten",
  pl: "Zamknij",
  pt: "Fechar",
  sv: "Stäng",
  tr: "Kapat",
  uk: "Закрити",
  zh: "关闭",
};
