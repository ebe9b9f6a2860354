// What has room beside what, by the width of the window in pixels.

import { MOST_COLUMNS } from "./openChats";

const RAIL = 76;
const QUEUE = 320;
const CARD = 300;
const COLUMN = 400;
const ONE_PANE = 820;
const CARD_BESIDE = 1180;

export interface Room {
  /** The list or one chat, not both. */
  onePane: boolean;
  cardBeside: boolean;
  columns: number;
}

export function roomFor(width: number, cardShown: boolean): Room {
  const cardBeside = width >= CARD_BESIDE;
  const left = width - RAIL - QUEUE - (cardBeside && cardShown ? CARD : 0);
  return {
    onePane: width < ONE_PANE,
    cardBeside,
    columns: Math.max(1, Math.min(MOST_COLUMNS, Math.floor(left / COLUMN))),
  };
}
