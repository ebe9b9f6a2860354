import fc from "fast-check";
import { expect, test } from "vitest";
import { placePassages } from "./placePassages";

const points = (text: string) => [...text];
const chunk = (text: string, start: number, end: number) => ({
  _id: String(start),
  section: "",
  text: points(text).slice(start, end).join(""),
  start,
  end,
});

test("no character is lost and no passage stands elsewhere, whatever signs the text has", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme-composite", minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(60)),
      (text, places) => {
        const ends = [...new Set(places.map((place) => Math.min(place, points(text).length)))].sort(
          (one, other) => one - other,
        );
        // Every second stretch is a passage.
        const chunks = ends.flatMap((start, place) =>
          place % 2 === 0 && ends[place + 1] !== undefined ? [chunk(text, start, ends[place + 1] ?? 0)] : [],
        );
        const stretches = placePassages(text, chunks);
        expect(stretches?.map((one) => one.text).join("")).toBe(text);
        const placed = stretches?.filter((one) => one.passage !== null).map((one) => one.text);
        expect(placed).toEqual(chunks.map((one) => one.text));
      },
    ),
  );
});

test("passages of another text are not marked in this one", () => {
  expect(placePassages("The Maxi costs 30 euros.", [chunk("The Mini costs 20 euros.", 0, 24)])).toBeNull();
  expect(placePassages("Short.", [chunk("A longer text that was there before.", 10, 30)])).toBeNull();
});
