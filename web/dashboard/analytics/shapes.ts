// GET /api/v1/analytics.

export interface Day {
  day: string;
  chats: number;
  byAssistant: number;
  byPeople: number;
}

export interface ResponseTimes {
  assistantMedianSeconds: number | null;
  assistantP90Seconds: number | null;
  peopleMedianSeconds: number | null;
  peopleP90Seconds: number | null;
}

export interface Report {
  period: { start: string; end: string };
  totals: {
    chats: number;
    open: number;
    byAssistant: number;
    byPeople: number;
    handedOver: number;
    rated: number;
    averageRating: number | null;
  };
  days: Day[];
  hours: number[];
  handOverReasons: { reason: string; count: number }[];
  responseTimes: ResponseTimes;
  ratings: { rating: number; count: number }[];
  feedback: { helpful: number; notHelpful: number };
  confidence: { from: number; to: number; count: number }[];
  /** The confidence below which chats are handed over now. */
  threshold: number | null;
  languages: { language: string; count: number }[];
  categories: { category: string; count: number }[];
  questions: { question: string; count: number }[];
}
